import { formatInteger } from "../../format";
import type * as en from "../en/charts";

export const workspace: typeof en.workspace = {
  title: "工作区",
  charts: "图表",
  filter: "筛选图表",
  xAxis: "X 轴",
  step: "步",
  relative: "相对时间",
  time: "实际时间",
  logY: "Y 轴对数",
  logYHint: "Y 轴使用对数刻度，零和负值无法显示",
  resetZoom: "重置缩放",
  ungrouped: "指标",
  system: "系统",
  section: (name, count) => `${name}，${formatInteger(count)} 张图表`,
  noMatch: (text) => `没有与“${text}”匹配的图表。`,
  nothingShown: "所有运行都已隐藏",
  nothingShownHint: "点亮列表中某个运行的眼睛图标即可绘制。",
  noMetricsTitle: "还没有指标",
  noMetricsHint: "运行记录的每个数值都会在这里生成一张图表：",
};

export const chart: typeof en.chart = {
  step: (value) => `第 ${value} 步`,
  exact: "精确",
  exactHint: "绘制了记录的每一个点",
  bucketed: (ratio) => `1 : ${ratio}，最小–最大`,
  bucketedHint:
    "每个点代表这么多个记录值：线为平均值，色带从最小值到最大值。放大即可看到精确的点。",
  noValues: "此范围内没有值",
  noValuesLog: "没有可用于对数轴的正值",
  failed: "无法加载此图表。",
  stale: "未更新",
  staleHint: "服务器未对此图表作出响应，当前显示的是之前的内容。点击重试。",
  label: (key, runs) => `${key}，${formatInteger(runs)} 个运行的折线图`,
  moreAbove: (n) => `上方还有 ${n} 个`,
  moreBelow: (n) => `下方还有 ${n} 个`,
  expand: "放大",
  shrink: "返回网格",
};
