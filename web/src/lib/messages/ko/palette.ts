import { formatInteger } from "../../format";
import type * as en from "../en/palette";

export const palette: typeof en.palette = {
  title: "검색 또는 이동",
  placeholder: "프로젝트, 실행, 페이지, 작업…",
  nothing: "찾은 항목이 없습니다.",
  failed: "지금은 프로젝트와 실행을 검색할 수 없습니다.",
  found: (n) => `결과 ${formatInteger(n)}개`,
  choose: "선택",
  open: "열기",
  newTab: "새 탭에서 열기",
  groups: {
    recent: "최근",
    here: "현재 위치",
    actions: "작업",
    projects: "프로젝트",
    runs: "실행",
  },
  theme: (name) => `테마: ${name}`,
  language: (name) => `언어: ${name}`,
  newKey: "새 API 키",
  keyboard: "키보드 단축키",
  copyLink: "이 페이지 링크 복사",
  linkCopied: "링크를 복사했습니다",
  copyFailed: "브라우저가 복사를 허용하지 않았습니다",
};
