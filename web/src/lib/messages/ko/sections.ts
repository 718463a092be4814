import type * as en from "../en/sections";

export const sections: typeof en.sections = {
  pinned: "고정됨",
  custom: "사용자 정의 차트",
  only: (name) => `${name}만 표시`,
  all: "모든 섹션",
  gone: "이 섹션에는 더 이상 차트가 없습니다.",
  badPattern: "패턴을 해석할 수 없습니다:",
  grid: "차트 크기",
  columns: "열",
  auto: "자동",
  height: "높이",
  small: "작게",
  medium: "보통",
  large: "크게",
  nothingToDraw: "그릴 내용이 없습니다",
  nothingToDrawHint: "실행이 기록한 값이 숫자가 아니거나, 모두 숨기도록 설정되어 있습니다.",
};
