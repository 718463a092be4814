import type * as en from "../en/console";

export const console: typeof en.console = {
  emptyTitle: "没有控制台输出",
};
