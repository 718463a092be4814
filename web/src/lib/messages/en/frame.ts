export const places = {
  table: "Table",
  artifacts: "Artifacts",
  registry: "Registry",
  compare: "Compare",
  storage: "Storage",
  trash: "Trash",
  overview: "Overview",
  charts: "Charts",
  console: "Console",
  system: "System",
  files: "Files",
  media: "Media",
  code: "Code",
};

export const frame = {
  skip: "Skip to the page",
  search: "Search or jump…",
  upToProject: "Up to the project",
  language: "Language",
  projectMenu: "Switch project",
  runMenu: "Switch run",
  findProject: "Find a project",
  findRun: "Find a run",
};
