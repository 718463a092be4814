import type * as en from "../en/reports";

export const reports: typeof en.reports = {
  title: "报告",
  laterTitle: "报告已保存在此，后续版本将可显示",
  laterHint:
    "脚本保存的内容原样保存在这里，一个字节都没有改动：wandb.Api().reports() 可列出它，Report.from_url() 可读取此地址。",
  toProject: "打开项目",
};
