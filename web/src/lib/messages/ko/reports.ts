import type * as en from "../en/reports";

export const reports: typeof en.reports = {
  title: "리포트",
  laterTitle: "리포트는 여기에 보관되며, 이후 버전에서 표시됩니다",
  laterHint:
    "스크립트가 저장한 내용이 한 바이트도 바뀌지 않고 여기에 있습니다. wandb.Api().reports()로 목록을 보고, Report.from_url()로 이 주소를 읽을 수 있습니다.",
  toProject: "프로젝트 열기",
};
