/** Words of the trash, which come with it. */
import { plural } from "@/lib/messages/en/plural";

export const en = {
  title: "Trash",
  deletedProjects: "Deleted projects",
  projectsInTrash: (n: number) => `${plural(n, "project", "projects")} in the trash`,
  hint: (days: number) =>
    `What was deleted can be restored for ${plural(days, "day", "days")}, wholly as it was; then it is removed for good.`,
  nothing: "The trash is empty",
  nothingHint: "What is deleted comes here first.",
  name: "Name",
  deletedAt: "Deleted",
  removedAt: "Removed for good",
  actions: "Actions",
  today: "within a day",
  inDays: (n: number) => `in ${plural(n, "day", "days")}`,
  restore: "Restore",
  restored: (name: string) => `“${name}” restored`,
  remove: "Delete for good",
  removeName: (name: string) => `Delete ${name} for good`,
  removeTitle: (name: string) => `Delete “${name}” for good?`,
  empty: "Empty the trash",
  emptyTitle: (n: number) => `Delete ${plural(n, "run", "runs")} for good?`,
  removeHint:
    "Config, history, console output, media and files are erased from the server’s disk. There is no undo.",
  removeNow: "Delete for good",
  keep: "Keep",
  more: "Show more",
  notDone: "That did not work",
};

export type Words = typeof en;
