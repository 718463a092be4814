import type * as en from "../en/home";

export const home: typeof en.home = {
  recent: "최근 실행",
  noRuns: "아직 활동한 실행이 없습니다.",
  recentFailed: "최근 실행을 불러오지 못했습니다.",
};
