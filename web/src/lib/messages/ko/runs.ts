import { formatInteger } from "../../format";
import type * as en from "../en/runs";

export const runs: typeof en.runs = {
  title: "실행",
  filter: "실행 필터",
  count: (n) => `실행 ${formatInteger(n)}개`,
  list: "이 프로젝트의 실행",
  show: (name) => `차트에 ${name} 표시`,
  hide: (name) => `차트에서 ${name} 숨김`,
  hideAll: "모두 숨김",
  reset: "최신만 표시",
  shown: (shown, total) => `${formatInteger(total)}개 중 ${formatInteger(shown)}개 표시`,
  noMatch: (text) => `‘${text}’에 맞는 실행이 없습니다.`,
  emptyHint: "스크립트가 이 프로젝트에서 실행을 시작하는 순간 여기에 나타납니다.",
  step: (n) => `스텝 ${n}`,
  resize: "실행 목록 너비 조절",
};
