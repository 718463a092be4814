import { formatInteger } from "../../format";
import type * as en from "../en/projects";

export const projects: typeof en.projects = {
  title: "项目",
  filter: "筛选项目",
  name: "项目",
  runs: "运行",
  states: "状态",
  activity: "最近活动",
  count: (n) => `${formatInteger(n)} 个项目`,
  noMatch: (text) => `没有与“${text}”匹配的项目。`,
  emptyTitle: "等待第一个运行",
  emptyHint:
    "让任何使用 wandb 的脚本指向此服务器即可。代码无需改动，第一个运行一开始，项目就会出现在这里。",
  emptyStep1: "1. 在训练环境中设置两个变量",
  emptyStep2: "2. 照常开始训练",
  emptyKey: "……或使用服务器首次启动时输出的密钥。",
  createKey: "填入新的 API 密钥",
  keyShownOnce: "此密钥代表你本人，只显示这一次，请复制保存。",
  keyName: "在欢迎页创建",
  never: "还没有运行",
};
