import { formatInteger } from "../../format";
import type * as en from "../en/charts";

export const workspace: typeof en.workspace = {
  title: "워크스페이스",
  charts: "차트",
  filter: "차트 필터",
  xAxis: "X축",
  step: "스텝",
  relative: "경과 시간",
  time: "실제 시각",
  logY: "로그 Y축",
  logYHint: "Y축을 로그 눈금으로 표시합니다. 0 이하의 값은 나타낼 수 없습니다",
  resetZoom: "확대 초기화",
  ungrouped: "지표",
  system: "시스템",
  section: (name, count) => `${name}, 차트 ${formatInteger(count)}개`,
  noMatch: (text) => `‘${text}’에 맞는 차트가 없습니다.`,
  nothingShown: "모든 실행이 숨겨져 있습니다",
  nothingShownHint: "목록에서 실행의 눈 아이콘을 켜면 그려집니다.",
  noMetricsTitle: "아직 지표가 없습니다",
  noMetricsHint: "실행이 기록하는 숫자마다 여기에 차트가 나타납니다:",
};

export const chart: typeof en.chart = {
  step: (value) => `스텝 ${value}`,
  exact: "정확",
  exactHint: "기록된 모든 점을 그렸습니다",
  bucketed: (ratio) => `1 : ${ratio}, 최소–최대`,
  bucketedHint:
    "점 하나가 이만큼의 기록 값을 나타냅니다. 선은 평균, 띠는 최솟값부터 최댓값까지입니다. 확대하면 정확한 점이 보입니다.",
  noValues: "이 범위에 값이 없습니다",
  noValuesLog: "로그 축에 그릴 0보다 큰 값이 없습니다",
  failed: "차트를 불러오지 못했습니다.",
  stale: "갱신되지 않음",
  staleHint: "서버가 이 차트에 응답하지 않아 이전 값이 그려져 있습니다. 클릭하면 다시 시도합니다.",
  label: (key, runs) => `${key}, 실행 ${formatInteger(runs)}개의 선 차트`,
  moreAbove: (n) => `위로 ${n}개`,
  moreBelow: (n) => `아래로 ${n}개`,
  expand: "크게 보기",
  shrink: "격자로 돌아가기",
};
