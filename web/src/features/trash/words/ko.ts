import { formatInteger } from "@/lib/format";
import type { Words } from "./en";

export const ko: Words = {
  title: "휴지통",
  deletedProjects: "삭제된 프로젝트",
  projectsInTrash: (n) => `휴지통에 프로젝트 ${formatInteger(n)}개`,
  hint: (days) =>
    `삭제한 항목은 ${formatInteger(days)}일 동안 그대로 복원할 수 있으며, 그 뒤에는 완전히 제거됩니다.`,
  nothing: "휴지통이 비어 있습니다",
  nothingHint: "삭제한 항목은 먼저 여기로 옵니다.",
  name: "이름",
  deletedAt: "삭제",
  removedAt: "완전 제거",
  actions: "작업",
  today: "하루 이내",
  inDays: (n) => `${formatInteger(n)}일 후`,
  restore: "복원",
  restored: (name) => `‘${name}’ 복원됨`,
  remove: "완전 삭제",
  removeName: (name) => `${name} 완전 삭제`,
  removeTitle: (name) => `‘${name}’ 항목을 완전히 삭제할까요?`,
  empty: "휴지통 비우기",
  emptyTitle: (n) => `실행 ${formatInteger(n)}개를 완전히 삭제할까요?`,
  removeHint:
    "설정, 기록, 콘솔 출력, 미디어, 파일이 서버 디스크에서 지워집니다. 되돌릴 수 없습니다.",
  removeNow: "완전 삭제",
  keep: "그대로 두기",
  more: "더 보기",
  notDone: "작업하지 못했습니다",
};
