import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const zh: Words = {
  title: "回收站",
  deletedProjects: "已删除的项目",
  projectsInTrash: (n) => `回收站中有 ${formatInteger(n)} 个项目`,
  hint: (days) => `删除的内容可在 ${formatInteger(days)} 天内原样恢复，之后将被彻底移除。`,
  nothing: "回收站是空的",
  nothingHint: "删除的内容会先来到这里。",
  name: "名称",
  deletedAt: "删除时间",
  removedAt: "彻底移除",
  actions: "操作",
  today: "一天之内",
  inDays: (n) => `${formatInteger(n)} 天后`,
  restore: "恢复",
  restored: (name) => `已恢复“${name}”`,
  remove: "彻底删除",
  removeName: (name) => `彻底删除 ${name}`,
  removeTitle: (name) => `彻底删除“${name}”？`,
  empty: "清空回收站",
  emptyTitle: (n) => `彻底删除 ${formatInteger(n)} 个运行？`,
  removeHint: "配置、历史、控制台输出、媒体和文件都会从服务器磁盘上抹去，无法撤销。",
  removeNow: "彻底删除",
  keep: "保留",
  more: "显示更多",
  notDone: "操作未成功",
};
