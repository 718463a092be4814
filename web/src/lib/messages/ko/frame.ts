import type * as en from "../en/frame";

export const places: typeof en.places = {
  table: "표",
  artifacts: "아티팩트",
  registry: "레지스트리",
  compare: "비교",
  storage: "저장 공간",
  trash: "휴지통",
  overview: "개요",
  charts: "차트",
  console: "콘솔",
  system: "시스템",
  files: "파일",
  media: "미디어",
  code: "코드",
};

export const frame: typeof en.frame = {
  skip: "본문으로 건너뛰기",
  search: "검색 또는 이동…",
  upToProject: "프로젝트로 올라가기",
  language: "언어",
  projectMenu: "프로젝트 전환",
  runMenu: "실행 전환",
  findProject: "프로젝트 찾기",
  findRun: "실행 찾기",
};
