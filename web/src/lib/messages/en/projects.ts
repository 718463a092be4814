import { plural } from "./plural";

export const projects = {
  title: "Projects",
  filter: "Filter projects",
  name: "Project",
  runs: "Runs",
  states: "State",
  activity: "Last activity",
  count: (n: number) => plural(n, "project", "projects"),
  noMatch: (text: string) => `No project matches “${text}”.`,
  emptyTitle: "Waiting for the first run",
  emptyHint:
    "Point any script that uses wandb at this server. Your code stays as it is; the project appears here the moment its first run starts.",
  emptyStep1: "1. Where you train, set two variables",
  emptyStep2: "2. Start the training as always",
  emptyKey: "…or use the key that was printed when the server first started.",
  createKey: "Fill in a new API key",
  keyShownOnce: "This key acts for you. It is shown this once, so copy it now.",
  keyName: "Made on the welcome page",
  never: "no runs yet",
};
