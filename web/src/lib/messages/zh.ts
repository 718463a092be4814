/** Simplified Chinese. Loaded only where it is read. */
import type { Catalogue } from "./en";
import { account, app, errors, keyboard, live, states, theme, time } from "./zh/app";
import { artifacts } from "./zh/artifacts";
import { apiKeys, signIn } from "./zh/auth";
import { chart, smoothing, workspace } from "./zh/charts";
import { code } from "./zh/code";
import { compare } from "./zh/compare";
import { console } from "./zh/console";
import { files } from "./zh/files";
import { frame, places } from "./zh/frame";
import { home } from "./zh/home";
import { media } from "./zh/media";
import { palette } from "./zh/palette";
import { projects } from "./zh/projects";
import { reports } from "./zh/reports";
import { run } from "./zh/run";
import { runs } from "./zh/runs";
import { sections } from "./zh/sections";

export const zh: Catalogue = {
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
