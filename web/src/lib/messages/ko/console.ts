import type * as en from "../en/console";

export const console: typeof en.console = {
  emptyTitle: "콘솔 출력이 없습니다",
};
