/** English. The shape of every other catalogue; one file for each area of the interface. */
import { account, app, errors, keyboard, live, states, theme, time } from "./en/app";
import { apiKeys, signIn } from "./en/auth";
import { chart, workspace } from "./en/charts";
import { console } from "./en/console";
import { projects } from "./en/projects";
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
  projects,
  runs,
  run,
  console,
  workspace,
  chart,
  sections,
};

export type Catalogue = typeof en;
