import type * as en from "../en/frame";

export const places: typeof en.places = {
  table: "表格",
  artifacts: "制品",
  registry: "注册表",
  compare: "对比",
  storage: "存储",
  trash: "回收站",
  overview: "概览",
  charts: "图表",
  console: "控制台",
  system: "系统",
  files: "文件",
  media: "媒体",
  code: "代码",
};

export const frame: typeof en.frame = {
  skip: "跳到正文",
  search: "搜索或跳转…",
  upToProject: "返回项目",
  language: "语言",
  projectMenu: "切换项目",
  runMenu: "切换运行",
  findProject: "查找项目",
  findRun: "查找运行",
};
