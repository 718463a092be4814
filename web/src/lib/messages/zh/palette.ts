import { formatInteger } from "../../format";
import type * as en from "../en/palette";

export const palette: typeof en.palette = {
  title: "搜索或跳转",
  placeholder: "项目、运行、页面、操作…",
  nothing: "没有找到。",
  failed: "暂时无法搜索项目和运行。",
  found: (n) => `${formatInteger(n)} 条结果`,
  choose: "选择",
  open: "打开",
  newTab: "在新标签页打开",
  groups: {
    recent: "最近",
    here: "当前位置",
    actions: "操作",
    projects: "项目",
    runs: "运行",
  },
  theme: (name) => `主题：${name}`,
  language: (name) => `语言：${name}`,
  newKey: "新建 API 密钥",
  keyboard: "键盘快捷键",
  copyLink: "复制本页链接",
  linkCopied: "链接已复制",
  copyFailed: "浏览器不允许复制",
};
