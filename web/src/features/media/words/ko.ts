import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const ko: Words = {
  runs: (shown, all) => `실행 ${formatInteger(all)}개 중 ${formatInteger(shown)}개`,
  runsHint: "보이는 실행 중 최신 실행만 보여 줍니다. 다른 실행을 보려면 일부를 숨기세요.",
  none: "보이는 실행 중 이것을 기록한 실행이 없습니다.",
  notYet: "이 스텝까지 기록 없음",
  more: (n) => `외 ${formatInteger(n)}개`,
};
