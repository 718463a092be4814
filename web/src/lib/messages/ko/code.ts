import { formatInteger } from "../../format";
import type { code as english } from "../en/code";

export const code: typeof english = {
  title: "코드",
  editor: {
    find: "찾기",
    next: "다음",
    previous: "이전",
    all: "모두",
    matchCase: "대소문자 구분",
    byWord: "단어 단위",
    regexp: "정규식",
    close: "닫기",
  },
  filesChanged: (n) => `파일 ${formatInteger(n)}개 변경`,
  foldAll: "모두 접기",
  unfoldAll: "모두 펼치기",
  cutOff: "일부만 있음",
  changes: {
    added: "추가",
    deleted: "삭제",
    renamed: "이름 변경",
    modified: "변경",
    binary: "바이너리",
  },
  saved: "저장된 코드",
  changesTitle: "커밋되지 않은 변경",
  packages: "패키지",
  commit: "커밋",
  remote: "저장소",
  program: "프로그램",
  copyCommit: "커밋 복사",
  noCommit: "git 저장소에서 시작한 실행이 아닙니다.",
  clean: "커밋되지 않은 변경이 없습니다",
  cleanHint: "작업 트리가 커밋과 같았거나, 저장소 밖에서 시작한 실행입니다.",
  cutPatch: (shown, whole) =>
    `전체 ${whole} 중 처음 ${shown}만 표시됩니다. 나머지는 다운로드해서 확인하세요.`,
  download: "다운로드",
  choose: "읽을 파일을 선택하세요",
  empty: "이 실행에 저장된 코드가 없습니다",
  emptyHint:
    "git 커밋과 커밋되지 않은 변경은 클라이언트가 자동으로 기록합니다. 프로그램 소스도 저장하려면 init에서 요청하세요:",
  resize: "파일 목록 너비 조절",
  searchPackages: "패키지 검색",
  version: "버전",
  packageCount: (n) => `패키지 ${formatInteger(n)}개`,
  noPackages: "기록된 패키지가 없습니다.",
};
