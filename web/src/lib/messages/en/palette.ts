import { plural } from "./plural";

export const palette = {
  title: "Search or jump",
  placeholder: "Projects, runs, pages, actions…",
  nothing: "Nothing found.",
  failed: "Projects and runs cannot be searched right now.",
  found: (n: number) => plural(n, "result", "results"),
  choose: "choose",
  open: "open",
  newTab: "in a new tab",
  groups: {
    recent: "Recent",
    here: "Here",
    actions: "Actions",
    projects: "Projects",
    runs: "Runs",
  },
  theme: (name: string) => `Theme: ${name}`,
  language: (name: string) => `Language: ${name}`,
  newKey: "New API key",
  keyboard: "Keyboard shortcuts",
  copyLink: "Copy the link to this page",
  linkCopied: "Link copied",
  copyFailed: "The browser did not let us copy",
};
