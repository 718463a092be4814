import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const zh: Words = {
  runs: (shown, all) => `${formatInteger(all)} 个运行中的 ${formatInteger(shown)} 个`,
  runsHint: "只显示可见运行中最新的几个。隐藏一些即可看到其他运行。",
  none: "可见的运行都没有记录它。",
  notYet: "到此步为止没有记录",
  more: (n) => `另有 ${formatInteger(n)} 个`,
};
