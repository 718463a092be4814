import { formatInteger } from "../../format";
import type * as en from "../en/projects";

export const projects: typeof en.projects = {
  title: "프로젝트",
  filter: "프로젝트 필터",
  name: "프로젝트",
  runs: "실행",
  states: "상태",
  activity: "최근 활동",
  count: (n) => `프로젝트 ${formatInteger(n)}개`,
  noMatch: (text) => `‘${text}’에 맞는 프로젝트가 없습니다.`,
  emptyTitle: "첫 실행을 기다리는 중",
  emptyHint:
    "wandb를 쓰는 스크립트가 이 서버를 바라보게 하면 됩니다. 코드는 그대로이고, 첫 실행이 시작되는 순간 프로젝트가 여기에 나타납니다.",
  emptyStep1: "1. 학습하는 곳에서 변수 두 개 설정",
  emptyStep2: "2. 평소처럼 학습 시작",
  emptyKey: "…또는 서버를 처음 시작할 때 출력된 키를 쓸 수 있습니다.",
  createKey: "새 API 키 채우기",
  keyShownOnce: "이 키는 본인을 대신합니다. 한 번만 표시되므로 복사해 두어야 합니다.",
  keyName: "시작 페이지에서 만듦",
  never: "실행 없음",
};
