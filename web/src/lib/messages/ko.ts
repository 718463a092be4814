/** Korean. Loaded only where it is read. */
import type { Catalogue } from "./en";
import { account, app, errors, keyboard, live, states, theme, time } from "./ko/app";
import { artifacts } from "./ko/artifacts";
import { apiKeys, signIn } from "./ko/auth";
import { chart, smoothing, workspace } from "./ko/charts";
import { code } from "./ko/code";
import { compare } from "./ko/compare";
import { console } from "./ko/console";
import { files } from "./ko/files";
import { frame, places } from "./ko/frame";
import { home } from "./ko/home";
import { media } from "./ko/media";
import { palette } from "./ko/palette";
import { projects } from "./ko/projects";
import { reports } from "./ko/reports";
import { run } from "./ko/run";
import { runs } from "./ko/runs";
import { sections } from "./ko/sections";

export const ko: Catalogue = {
  app,
  live,
  theme,
  account,
  errors,
  time,
  keyboard,
  states,
  signIn,
  apiKeys,
  frame,
  places,
  home,
  palette,
  artifacts,
  projects,
  runs,
  run,
  console,
  files,
  media,
  reports,
  compare,
  code,
  smoothing,
  workspace,
  chart,
  sections,
};
