import type * as en from "../en/sections";

export const sections: typeof en.sections = {
  pinned: "已置顶",
  custom: "自定义图表",
  only: (name) => `仅显示 ${name}`,
  all: "全部分区",
  gone: "此分区已没有图表。",
  badPattern: "无法解析此模式：",
  grid: "图表大小",
  columns: "列数",
  auto: "自动",
  height: "高度",
  small: "小",
  medium: "中",
  large: "大",
  nothingToDraw: "没有可绘制的内容",
  nothingToDrawHint: "运行记录的值不是数字，或者都被要求隐藏。",
};
