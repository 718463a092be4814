/** English. The shape of every other catalogue; one file for each area of the interface. */
import { account, app, errors, keyboard, live, states, theme, time } from "./en/app";
import { artifacts } from "./en/artifacts";
import { apiKeys, signIn } from "./en/auth";
import { chart, smoothing, workspace } from "./en/charts";
import { code } from "./en/code";
import { compare } from "./en/compare";
import { console } from "./en/console";
import { files } from "./en/files";
import { frame, places } from "./en/frame";
import { home } from "./en/home";
import { media } from "./en/media";
import { palette } from "./en/palette";
import { projects } from "./en/projects";
import { reports } from "./en/reports";
import { run } from "./en/run";
import { runs } from "./en/runs";
import { sections } from "./en/sections";

export const en = {
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

export type Catalogue = typeof en;
