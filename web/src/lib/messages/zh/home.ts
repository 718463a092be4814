import type * as en from "../en/home";

export const home: typeof en.home = {
  recent: "最近的运行",
  noRuns: "还没有活动过的运行。",
  recentFailed: "无法加载最近的运行。",
};
