import { formatInteger } from "../../format";
import type * as en from "../en/runs";

export const runs: typeof en.runs = {
  title: "运行",
  filter: "筛选运行",
  count: (n) => `${formatInteger(n)} 个运行`,
  list: "此项目的运行",
  show: (name) => `在图表中显示 ${name}`,
  hide: (name) => `从图表中隐藏 ${name}`,
  hideAll: "全部隐藏",
  reset: "显示最新",
  shown: (shown, total) => `显示 ${formatInteger(shown)} / ${formatInteger(total)}`,
  noMatch: (text) => `没有与“${text}”匹配的运行。`,
  emptyHint: "脚本在此项目中启动运行后，会立即出现在这里。",
  step: (n) => `第 ${n} 步`,
  resize: "调整运行列表宽度",
};
