import type * as en from "../en/sections";

export const sections: typeof en.sections = {
  pinned: "고정됨",
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
};
