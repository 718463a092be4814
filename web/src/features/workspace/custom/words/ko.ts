import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const ko: Words = {
  label: (title, kind, runs) =>
    `${title}: 실행 ${formatInteger(runs)}개의 ${kind}. 화살표 키로 값을 읽습니다.`,
  kinds: {
    line: "선 차트",
    lineseries: "선 차트",
    scatter: "산점도",
    area: "곡선",
    bar: "막대 차트",
    histogram: "히스토그램",
    matrix: "혼동 행렬",
  },
  rows: (shown, all) => `${formatInteger(all)}행 중 ${formatInteger(shown)}행`,
  rowsHint: "표가 길어 고르게 뽑은 행만 그립니다.",
  runs: (shown, all) => `실행 ${formatInteger(all)}개 중 ${formatInteger(shown)}개`,
  runsHint: "보이는 실행 중 최신 실행만 그립니다. 다른 실행을 보려면 일부를 숨기세요.",
  unknown: (name) => `${name}: 여기서 그릴 수 없는 차트라서 표를 보여 줍니다.`,
  noColumns: "이 실행들의 표에는 차트에 필요한 열이 없습니다.",
  noRows: "표에 행이 없습니다.",
  noTable: "보이는 실행 중 이 표를 기록한 실행이 없습니다.",
  failed: "표를 읽지 못했습니다",
  values: "값",
  counts: "개수",
  shares: "비율",
  showTable: "표 보기",
  showChart: "차트 보기",
  stepOf: (key) => `${key}의 스텝`,
  runOf: (key) => `${key}의 실행`,
  sideBySide: "나란히 보기",
  area: (area) => `면적 ${area}`,
  actual: "실제",
  predicted: "예측",
  count: "개수",
  share: "실제 중 비율",
  more: (n) => `외 ${formatInteger(n)}개`,
};
