// What is photographed, in the order of the index. Each is taken at 1280 and 1920, light and dark.
//
//   name, title    the file's name; what the index calls it
//   path           where
//   act            what is done there before the picture
//   before         what is arranged before the page is opened
//   isOnPhone      also at 390
//   isSignedOut    by somebody who is not signed in
//   isBeforeData   while the server is empty
//   isNotebook     no page of ours: the notebook that was run
//   language       other than English

const PROJECT = "/ada/shapes";
const RUN = `${PROJECT}/runs/shapes-everything`;
const LIVE = `${PROJECT}/runs/shapes-live`;
const JUDGED = "/ada/judging-shapes";

const press = (key) => (page) => page.keyboard.press(key);

export const pages = [
  {
    name: "first-run",
    title: "Before the first run",
    path: "/",
    isBeforeData: true,
    isOnPhone: true,
  },
  { name: "home", title: "Home", path: "/", isOnPhone: true },
  {
    name: "new-project",
    title: "A new project",
    path: "/",
    act: (page) => page.getByRole("button", { name: "New project" }).click(),
  },
  { name: "workspace", title: "Project: workspace", path: PROJECT, isOnPhone: true },
  { name: "table", title: "Project: table of runs", path: `${PROJECT}/table`, isOnPhone: true },
  {
    name: "compare",
    title: "Project: compare runs",
    path: `${PROJECT}/compare?runs=shapes-0,shapes-1,shapes-4`,
  },
  { name: "trash", title: "Project: trash", path: "/ada/reinforcement-learning/trash" },
  {
    name: "artifacts",
    title: "Project: artifacts, a version",
    path: `${PROJECT}/artifacts/model/shape-classifier/best/overview`,
    isOnPhone: true,
  },
  {
    name: "artifact-files",
    title: "Project: artifacts, files of a version",
    path: `${PROJECT}/artifacts/model/shape-classifier/best/files/code/evaluate.py`,
  },
  {
    name: "artifact-lineage",
    title: "Project: artifacts, where a version comes from",
    path: `${PROJECT}/artifacts/model/shape-classifier/best/lineage`,
  },
  {
    name: "artifact-metrics",
    title: "Project: artifacts, metrics over versions",
    path: `${PROJECT}/artifacts/model/shape-classifier?show=metrics&by=metadata.val/acc`,
    isOnPhone: true,
  },
  {
    name: "artifact-compare",
    title: "Project: artifacts, tables of two versions compared",
    path: `${PROJECT}/artifacts/model/shape-classifier?show=compare&from=v1&to=v3&file=guesses.table.json`,
  },
  {
    name: "full-screen",
    title: "A chart, full screen",
    path: PROJECT,
    act: async (page) => {
      await page.locator('[data-testid="panel"]').first().hover();
      await page.keyboard.press("f");
    },
  },
  { name: "overview", title: "Run: overview", path: `${RUN}/overview`, isOnPhone: true },
  {
    name: "alerts",
    title: "Run: alerts of one that failed",
    path: `${PROJECT}/runs/shapes-5/overview`,
    isOnPhone: true,
  },
  {
    name: "environment",
    title: "Run: where it ran, and how to run it again",
    path: `${RUN}/overview`,
    act: async (page) => {
      const reproduce = page.getByRole("button", { name: "Reproduce" });
      await reproduce.click();
      await reproduce.evaluate((button) => button.scrollIntoView({ block: "center" }));
    },
  },
  { name: "charts", title: "Run: charts", path: LIVE, isOnPhone: true },
  {
    name: "custom-charts",
    title: "Run: charts of tables, and the table of one that is not drawn here",
    path: `${JUDGED}/runs/judge-25`,
    isOnPhone: true,
    act: (page) =>
      page
        .getByRole("button", { name: /^Custom charts/ })
        .evaluate((heading) => heading.scrollIntoView()),
  },
  {
    name: "custom-charts-compared",
    title: "Project: charts of tables, runs compared",
    path: JUDGED,
  },
  { name: "console", title: "Run: console", path: `${RUN}/console`, isOnPhone: true },
  { name: "system", title: "Run: system", path: `${RUN}/system` },
  {
    name: "files",
    title: "Run: files",
    path: `${RUN}/files`,
    act: (page) => page.getByText("confusion.csv").click(),
  },
  { name: "media", title: "Run: media", path: `${RUN}/media`, isOnPhone: true },
  { name: "code", title: "Run: code", path: `${RUN}/code` },
  {
    name: "notebook",
    title: "A run in a saved notebook",
    isNotebook: true,
    isSignedOut: true,
    act: (page) =>
      page
        .locator(".output")
        .first()
        .evaluate((output) => output.scrollIntoView(false)),
  },
  { name: "palette", title: "The command palette", path: PROJECT, act: press("Control+k") },
  {
    name: "palette-search",
    title: "The command palette finds",
    path: "/",
    isOnPhone: true,
    act: async (page) => {
      await page.getByRole("button", { name: /Search or jump/ }).click();
      await page.getByRole("combobox").fill("ba");
    },
  },
  {
    name: "breadcrumbs",
    title: "Neighbours of a run",
    path: `${RUN}/overview`,
    act: (page) => page.getByRole("button", { name: "Switch run" }).click(),
  },
  { name: "keyboard", title: "The sheet of keys", path: PROJECT, act: press("?") },
  { name: "sign-in", title: "Signing in", path: "/", isSignedOut: true, isOnPhone: true },
  {
    name: "link-failed",
    title: "A sign-in link that was used already",
    path: "/signin?token=used-already",
    isSignedOut: true,
  },
  { name: "api-keys", title: "API keys", path: "/authorize", isOnPhone: true },
  { name: "account", title: "Account", path: "/account" },
  { name: "korean", title: "In Korean", path: PROJECT, language: "ko" },
  { name: "chinese", title: "In Chinese", path: `${RUN}/overview`, language: "zh-CN" },
  { name: "not-found", title: "Nothing here", path: "/ada/nothing-here" },
  {
    name: "unreachable",
    title: "The server does not answer",
    path: "/",
    before: (page) => page.route("**/api/v1/projects", (route) => route.abort()),
    act: (page) => page.getByRole("alert").first().waitFor(),
  },
  {
    name: "expired",
    title: "The sign-in has ended",
    path: PROJECT,
    act: async (page) => {
      const refusal = { status: 401, contentType: "application/problem+json", body: "{}" };
      await page.route("**/api/v1/**", (route) => route.fulfill(refusal));
      await page.getByRole("button", { name: "Switch project" }).click();
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
    },
  },
  { name: "storage-server", title: "Storage of the server", path: "/storage", isOnPhone: true },
  {
    name: "storage",
    title: "Project: storage, and what deleting would free",
    path: `${PROJECT}/storage`,
    isOnPhone: true,
    act: async (page) => {
      await page.getByRole("checkbox", { name: "Choose shape-classifier" }).check();
      await page.getByText(/would free \d/).waitFor();
    },
  },
  {
    name: "retention",
    title: "Which versions of an artifact are kept",
    path: `${PROJECT}/storage`,
    isOnPhone: true,
    act: async (page) => {
      await page.getByRole("button", { name: "Retention: shape-classifier" }).click();
      await page
        .getByRole("textbox", { name: "Rule" })
        .fill('keep newest 2\nkeep where metadata["val/acc"] > 0.95');
      await page.getByRole("heading", { name: /^Goes/ }).waitFor();
    },
  },
  { name: "registries", title: "Registry: all of them", path: "/registry", isOnPhone: true },
  {
    name: "registry",
    title: "Registry: its collections",
    path: "/registry/home/shapes",
    isOnPhone: true,
  },
  {
    name: "registry-collection",
    title: "Registry: versions across projects",
    path: "/registry/home/shapes/Shape%20classifier",
    isOnPhone: true,
  },
  {
    name: "registry-changes",
    title: "Registry: what happened",
    path: "/registry/home/shapes?tab=changes",
  },
];
