/** Addresses and what they show. State that two people should share is in the search part. */
import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { VIEW_NAMES } from "@/features/workspace/view-text";
import { CrashPage, CrashView } from "./crash-page";
import { lazyPage } from "./lazy-page";
import { MEDIA_NAMES } from "./pages/media-search";
import { NotFoundPage } from "./pages/not-found-page";
import { ProjectPage } from "./pages/project-page";
import { SignInPage } from "./pages/signin-page";
import { ARRANGEMENT_NAMES } from "./pages/use-arrangement";
import { RUNS_NAMES } from "./pages/use-runs-view";
import { parseSearch, readSearch, stringifySearch } from "./search";
import { SignedIn } from "./signed-in";

const root = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: readSearch("token", "next"),
  component: SignInPage,
});

const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: SignedIn });

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  validateSearch: readSearch("q", "sort"),
  component: lazyPage(() => import("./pages/home-page"), "HomePage"),
});

/** The address that the wandb client prints when it asks for a key. */
const authorize = createRoute({
  getParentRoute: () => signedIn,
  path: "/authorize",
  component: lazyPage(() => import("./pages/authorize-page"), "AuthorizePage"),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyPage(() => import("./pages/account-page"), "AccountPage"),
});

const chartSearch = readSearch(...VIEW_NAMES, "charts", "fold");
const trash = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/trash",
  component: lazyPage(() => import("./pages/trash-page"), "TrashPage"),
});

const storage = createRoute({
  getParentRoute: () => signedIn,
  path: "/storage",
  component: lazyPage(() => import("./pages/storage-page"), "StoragePage"),
});

const projectStorage = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/storage",
  component: lazyPage(() => import("./pages/project-storage-page"), "ProjectStoragePage"),
});

const projectTrash = createRoute({
  getParentRoute: () => signedIn,
  path: "/trash",
  component: lazyPage(() => import("./pages/trashed-projects-page"), "TrashedProjectsPage"),
});

const registryHome = createRoute({
  getParentRoute: () => signedIn,
  path: "/registry",
  validateSearch: readSearch("q"),
  component: lazyPage(() => import("./pages/registry-home-page"), "RegistryHomePage"),
});

const registry = createRoute({
  getParentRoute: () => signedIn,
  path: "/registry/$organization/$registry",
  validateSearch: readSearch("q", "tab"),
  component: lazyPage(() => import("./pages/registry-page"), "RegistryPage"),
});

const registryCollection = createRoute({
  getParentRoute: () => signedIn,
  path: "/registry/$organization/$registry/$collection",
  component: lazyPage(() => import("./pages/registry-collection-page"), "RegistryCollectionPage"),
});

/** As the wandb client prints it: the collection is the last part of `selectionPath`. */
const printedRegistry = createRoute({
  getParentRoute: () => signedIn,
  path: "/orgs/$organization/registry/$registry",
  beforeLoad: ({ params, search }) => {
    const { selectionPath } = readSearch("selectionPath")(search);
    const collection = selectionPath?.split("/").slice(2).join("/");
    throw collection
      ? redirect({
          to: "/registry/$organization/$registry/$collection",
          params: { ...params, collection },
          replace: true,
        })
      : redirect({ to: "/registry/$organization/$registry", params, replace: true });
  },
});

const projectSearch = readSearch(
  ...VIEW_NAMES,
  ...RUNS_NAMES,
  ...ARRANGEMENT_NAMES,
  "charts",
  "fold",
  "at",
);

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project",
  validateSearch: projectSearch,
  component: ProjectPage,
});

const workspace = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/workspace",
  validateSearch: projectSearch,
  component: ProjectPage,
});

const table = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/table",
  validateSearch: readSearch(...RUNS_NAMES),
  component: lazyPage(() => import("./pages/table-page"), "TablePage"),
});

const compare = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/compare",
  validateSearch: readSearch("runs", "base", "all", "q", "fold", "view"),
  component: lazyPage(() => import("./pages/compare-page"), "ComparePage"),
});

const ArtifactsPage = lazyPage(() => import("./pages/artifacts-page"), "ArtifactsPage");

const artifactsSearch = readSearch(
  ...(["q", "view", "show", "from", "to", "part", "file", "change", "find"] as const),
  ...(["metrics", "by", "goal", "x", "sort"] as const),
);

const artifacts = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/artifacts",
  validateSearch: artifactsSearch,
  component: ArtifactsPage,
});

const artifactType = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/artifacts/$type",
  validateSearch: artifactsSearch,
  component: ArtifactsPage,
});

const artifactCollection = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/artifacts/$type/$collection",
  validateSearch: artifactsSearch,
  component: ArtifactsPage,
});

const artifactVersion = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/artifacts/$type/$collection/$version",
  validateSearch: artifactsSearch,
  component: ArtifactsPage,
});

/** A part of the version's page, as in W&B: `overview`, `lineage`, `files/<path>`. */
const artifactPart = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/artifacts/$type/$collection/$version/$",
  validateSearch: artifactsSearch,
  component: ArtifactsPage,
});

/** As the wandb client prints it: `<title>--<id>`, with whatever the title holds. */
const report = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/reports/$",
  component: lazyPage(() => import("./pages/report-page"), "ReportPage"),
});

/** The frame of a run's pages; the page itself is one of its children. */
const run = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/runs/$run",
  component: lazyPage(() => import("./pages/run-frame"), "RunFrame"),
});

const RunChartsPage = lazyPage(() => import("./pages/run-charts-page"), "RunChartsPage");

const runCharts = createRoute({
  getParentRoute: () => run,
  path: "/",
  validateSearch: chartSearch,
  component: RunChartsPage,
});

/** As the wandb client prints it. */
const runWorkspace = createRoute({
  getParentRoute: () => run,
  path: "/workspace",
  validateSearch: chartSearch,
  component: RunChartsPage,
});

/** As the page calls itself. */
const runChartsByName = createRoute({
  getParentRoute: () => run,
  path: "/charts",
  validateSearch: chartSearch,
  component: RunChartsPage,
});

const runOverview = createRoute({
  getParentRoute: () => run,
  path: "/overview",
  component: lazyPage(() => import("./pages/run-overview-page"), "RunOverviewPage"),
});

const RunConsolePage = lazyPage(() => import("./pages/run-console-page"), "RunConsolePage");

const consoleSearch = readSearch("line", "q", "regex", "case", "only", "level", "writer");

const runConsole = createRoute({
  getParentRoute: () => run,
  path: "/console",
  validateSearch: consoleSearch,
  component: RunConsolePage,
});

/** As W&B calls the console. */
const runLogs = createRoute({
  getParentRoute: () => run,
  path: "/logs",
  validateSearch: consoleSearch,
  component: RunConsolePage,
});

const runSystem = createRoute({
  getParentRoute: () => run,
  path: "/system",
  validateSearch: readSearch("x", "from", "to", "host"),
  component: lazyPage(() => import("./pages/run-system-page"), "RunSystemPage"),
});

const RunFilesPage = lazyPage(() => import("./pages/run-files-page"), "RunFilesPage");

const filesSearch = readSearch("q", "view");

const runFiles = createRoute({
  getParentRoute: () => run,
  path: "/files",
  validateSearch: filesSearch,
  component: RunFilesPage,
});

const runFile = createRoute({
  getParentRoute: () => run,
  path: "/files/$",
  validateSearch: filesSearch,
  component: RunFilesPage,
});

const runMedia = createRoute({
  getParentRoute: () => run,
  path: "/media",
  validateSearch: readSearch(...MEDIA_NAMES),
  component: lazyPage(() => import("./pages/run-media-page"), "RunMediaPage"),
});

const RunCodePage = lazyPage(() => import("./pages/run-code-page"), "RunCodePage");

const runCode = createRoute({
  getParentRoute: () => run,
  path: "/code",
  validateSearch: readSearch("q"),
  component: RunCodePage,
});

const runCodeFile = createRoute({
  getParentRoute: () => run,
  path: "/code/$",
  validateSearch: readSearch("q"),
  component: RunCodePage,
});

const runArtifacts = createRoute({
  getParentRoute: () => run,
  path: "/artifacts",
  component: lazyPage(() => import("./pages/run-artifacts-page"), "RunArtifactsPage"),
});

const runPages = [
  runCharts,
  runWorkspace,
  runChartsByName,
  runOverview,
  runConsole,
  runLogs,
  runSystem,
  runFiles,
  runFile,
  runMedia,
  runCode,
  runCodeFile,
  runArtifacts,
];

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    authorize,
    account,
    registryHome,
    registry,
    registryCollection,
    printedRegistry,
    storage,
    projectStorage,
    projectTrash,
    trash,
    project,
    workspace,
    table,
    compare,
    artifacts,
    artifactType,
    artifactCollection,
    artifactVersion,
    artifactPart,
    report,
    run.addChildren(runPages),
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  // The page that is pointed at is fetched before it is asked for.
  defaultPreload: "intent",
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: CrashView,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
