import type * as en from "../en/app";

export const app: typeof en.app = {
  name: "Runstone",
  retry: "다시 시도",
  copy: "복사",
  copied: "복사됨",
  close: "닫기",
  home: "모든 프로젝트",
  breadcrumbs: "현재 위치",
  navigation: "페이지",
  notifications: "알림",
  clear: "지우기",
  remove: (what) => `${what} 제거`,
};

export const live: typeof en.live = {
  live: "실시간",
  connecting: "연결 중…",
  offline: "다시 연결 중…",
  liveHint: "새 데이터가 자동으로 나타납니다",
  offlineHint: "서버와 연결이 끊겼습니다. 몇 초마다 다시 연결합니다",
};

export const theme: typeof en.theme = {
  title: "테마",
  system: "시스템",
  light: "밝게",
  dark: "어둡게",
};

export const account: typeof en.account = {
  name: "이름",
  email: "이메일",
  role: "역할",
  changePassword: "비밀번호",
  passwordHint: "링크나 키 없이 로그인할 때 씁니다. 바꾸어도 여기서는 로그인이 유지됩니다.",
  newPassword: "새 비밀번호",
  repeatPassword: "한 번 더 입력",
  setPassword: "비밀번호 설정",
  passwordShort: (min) => `${min}자 이상이어야 합니다.`,
  passwordsDiffer: "두 비밀번호가 서로 다릅니다.",
  passwordChanged: "비밀번호를 설정했습니다",
  keysHint: "스크립트와 wandb 클라이언트가 로그인할 때 씁니다.",
  manageKeys: "API 키 관리",
  look: "언어와 테마",
  lookHint: "이 브라우저에 저장됩니다.",
  menu: "계정",
  apiKeys: "API 키",
  settings: "계정 설정",
  signOut: "로그아웃",
  admin: "관리자",
};

export const errors: typeof en.errors = {
  pageMissing: "페이지를 불러오지 못했습니다",
  pageMissingHint:
    "서버가 업데이트되었거나 응답하지 않았을 수 있습니다. 새로 고치면 최신 버전을 불러옵니다.",
  partCrashed: "이 부분에서 오류가 발생했습니다",
  partCrashedHint: "페이지의 나머지 부분에는 영향이 없습니다.",
  title: "문제가 발생했습니다",
  unreachable: "서버가 응답하지 않습니다",
  unreachableHint:
    "서버가 다시 시작하는 중이거나 이 컴퓨터가 오프라인일 수 있습니다. 서버가 응답하면 페이지가 저절로 돌아옵니다.",
  forbidden: "공유되지 않은 항목입니다",
  fault: "서버에 오류가 발생했습니다",
  faultHint:
    "다시 시도하면 해결되는 경우가 많습니다. 자세한 원인은 서버 로그에 있습니다. 서버의 응답:",
  noPage: "없는 페이지입니다",
  noPageHint: "주소를 확인하거나 프로젝트 목록에서 시작할 수 있습니다.",
  notFound: "여기에는 아무것도 없습니다",
  notFoundHint: "이름이 바뀌었거나 삭제되었거나, 공유되지 않은 항목일 수 있습니다.",
  goHome: "모든 프로젝트로 이동",
  crashed: "화면에 오류가 발생했습니다",
  crashedHint: "새로 고치면 대부분 해결됩니다. 데이터는 서버에 안전하게 있습니다.",
  reload: "새로 고침",
};

export const time: typeof en.time = {
  now: "방금",
  minutes: (n) => `${n}분 전`,
  hours: (n) => `${n}시간 전`,
  days: (n) => `${n}일 전`,
};

export const keyboard: typeof en.keyboard = {
  title: "키보드",
  everywhere: "어디서나",
  search: "실행 검색",
  next: "다음 실행",
  previous: "이전 실행",
  eye: "실행 표시 또는 숨김",
  open: "실행 열기",
  deselect: "목록에서 나가기",
  help: "이 목록",
};

export const states: typeof en.states = {
  pending: "대기 중",
  running: "실행 중",
  finished: "완료",
  failed: "실패",
  crashed: "비정상 종료",
  killed: "강제 종료",
  preempting: "선점 중",
  preempted: "선점됨",
};
