import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const zh: Words = {
  label: (title, kind, runs) =>
    `${title}：${formatInteger(runs)} 个运行的${kind}。用方向键读取数值。`,
  kinds: {
    line: "折线图",
    lineseries: "折线图",
    scatter: "散点图",
    area: "曲线",
    bar: "条形图",
    histogram: "直方图",
    matrix: "混淆矩阵",
  },
  rows: (shown, all) => `${formatInteger(all)} 行中的 ${formatInteger(shown)} 行`,
  rowsHint: "表格很长：只绘制均匀选取的行。",
  runs: (shown, all) => `${formatInteger(all)} 个运行中的 ${formatInteger(shown)} 个`,
  runsHint: "只绘制可见运行中最新的几个。隐藏一些即可看到其他运行。",
  unknown: (name) => `${name} 无法在此绘制，这里显示它的表格。`,
  noColumns: "这些运行的表格缺少绘图所需的列。",
  noRows: "表格没有行。",
  noTable: "可见的运行都没有记录这个表格。",
  failed: "无法读取表格",
  values: "数值",
  counts: "数量",
  shares: "占比",
  showTable: "显示表格",
  showChart: "显示图表",
  stepOf: (key) => `${key} 的步`,
  runOf: (key) => `${key} 的运行`,
  sideBySide: "并排显示",
  area: (area) => `面积 ${area}`,
  actual: "实际",
  predicted: "预测",
  count: "数量",
  share: "占实际的比例",
  more: (n) => `另有 ${formatInteger(n)} 个`,
};
