/** Addresses and what they show. State that two people should share is in the search part. */
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { CrashPage } from "./crash-page";
import { AuthorizePage } from "./pages/authorize-page";
import { HomePage } from "./pages/home-page";
import { NotFoundPage } from "./pages/not-found-page";
import { ProjectPage } from "./pages/project-page";
import { RunPage } from "./pages/run-page";
import { SignInPage } from "./pages/signin-page";
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

const home = createRoute({ getParentRoute: () => signedIn, path: "/", component: HomePage });

/** The address that the wandb client prints when it asks for a key. */
const authorize = createRoute({
  getParentRoute: () => signedIn,
  path: "/authorize",
  component: AuthorizePage,
});

const chartSearch = readSearch("x", "y", "from", "to", "charts", "fold");
const projectSearch = readSearch(
  "q",
  "hide",
  "show",
  "only",
  "x",
  "y",
  "from",
  "to",
  "charts",
  "fold",
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

const run = createRoute({
  getParentRoute: () => signedIn,
  path: "/$entity/$project/runs/$run",
  validateSearch: chartSearch,
  component: RunPage,
});

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([home, authorize, project, workspace, run]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
