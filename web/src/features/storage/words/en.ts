/** Words of the pages and dialogs about storage, which come with them. */
import { plural } from "@/lib/messages/en/plural";

const storage = {
  title: "Storage",
  total: "in all",
  byKind: "By kind of data",
  kinds: {
    history: "History",
    system: "System metrics",
    console: "Console",
    media: "Media",
    files: "Files",
    documents: "Config and summary",
    artifacts: "Artifacts",
    trash: "Trash",
  },
  nothing: "Nothing is stored yet",
  nothingHint: "What runs log, and the artifacts they keep, will be weighed here.",
  disk: (database: string, free: string, files: string, artifacts: string) =>
    `On disk: database ${database} (${free} of it free), files and media ${files}, artifacts ${artifacts}, each content once.`,
  erasing: (n: number, size: string) =>
    `${size} of ${plural(n, "removed run", "removed runs")} is being erased.`,
  project: "Project",
  runs: "Runs",
  artifacts: "Artifacts",
  versions: "Versions",
  numVersions: (n: number) => plural(n, "version", "versions"),
  name: "Name",
  type: "Type",
  size: "Size",
  logical: "Logical",
  logicalHint: "The sizes of the versions, shared contents counted each time",
  stored: "Stored",
  storedHint: "Each content once",
  unique: "Unique",
  uniqueHint: "What nothing else refers to: deleting it frees so much",
  inTrash: "in the trash",
  choose: "Choose runs or artifacts to see what deleting them would free.",
  chooseName: (name: string) => `Choose ${name}`,
  chooseAllRuns: "Choose all runs",
  chooseAllArtifacts: "Choose all artifacts",
  smaller: (n: number) => `${plural(n, "smaller run is", "smaller runs are")} not shown.`,
  wouldFreeTitle: "What the chosen would free",
  chosen: (runs: number, artifacts: number) =>
    [
      ...(runs > 0 ? [plural(runs, "run", "runs")] : []),
      ...(artifacts > 0 ? [plural(artifacts, "artifact", "artifacts")] : []),
    ].join(" and "),
  wouldFree: (size: string) => `would free ${size}`,
  shared: (size: string) => `of ${size} logical; what others share stays`,
  clear: "Clear",
  delete: "Delete…",
  deleteTitle: (size: string) => `Delete and free ${size}?`,
  deleteNow: (size: string) => `Delete, free ${size}`,
  runsGo: (n: number, size: string) =>
    `${plural(n, "run goes", "runs go")} to the trash and can be restored; ${size} is free once it is emptied.`,
  versionsGo: (n: number, size: string) =>
    `${plural(n, "version is", "versions are")} deleted with the aliases and cannot be restored; that frees ${size}.`,
  cancel: "Cancel",
  deleted: "Deleted",
  notDeleted: "Not everything was deleted",
  undo: "Restore the runs",
};

const retention = {
  title: "Retention",
  titleOf: (name: string) => `Which versions of “${name}” are kept`,
  ofSeveral: "A rule for several artifacts",
  off: "No rule deletes versions here",
  ofProject: "A rule of the project decides here now; one of this artifact’s own takes its place.",
  rule: "Rule",
  hint: "Each line says what is kept; what no line keeps is deleted. Linked versions, and those that a live run uses, always stay.",
  blank: "Write what is to be kept, or begin with one of the parts above.",
  wouldFree: (size: string) => `Would free ${size}`,
  counts: (going: number, staying: number) =>
    `${plural(going, "version goes", "versions go")}, ${plural(staying, "stays", "stay")}.`,
  logical: (size: string) =>
    `Their sizes come to ${size}; what versions that stay share with them is not freed.`,
  unknown: (names: string) =>
    `No version has a number for ${names}, so none is the best. The rule cannot be turned on.`,
  keepsNothing: "No line keeps a version here: only the newest would be left.",
  meant: "That nothing but the newest is left is meant so",
  goes: (n: number) => `Goes (${plural(n, "version", "versions")})`,
  stays: (n: number) => `Stays (${plural(n, "version", "versions")})`,
  nothingGoes: "Nothing goes.",
  nothingStays: "Nothing stays.",
  more: (n: number) => `and ${plural(n, "more version", "more versions")}`,
  linked: "linked elsewhere",
  inUse: "used by a live run",
  runIsLive: "its run is still going",
  noValues: "nothing here has that value",
  last: "the last one left",
  turnOn: (n: number, size: string) =>
    `Turn on: delete ${plural(n, "version", "versions")}, free ${size}`,
  turnOnWaiting: "Turn on",
  turnOff: "Turn off",
  saveOff: "Save, off",
  forget: "Remove the rule",
  turnedOn: "The rule is on; it deletes within minutes",
  savedOff: "Saved; the rule is off",
  removed: "The rule is gone",
  add: "Add a rule",
  noRules: "No rule deletes versions in this project.",
  scope: "For",
  scopeOf: (type: string | null, name: string | null) => {
    if (type === null && name === null) return "all artifacts";
    if (name === null) return `artifacts of type ${type}`;
    return type === null ? `names with ${name}` : `type ${type}, names with ${name}`;
  },
  state: "State",
  setBy: "Set by",
  isOn: "on",
  isOff: "off",
  edit: "Edit",
  type: "Type",
  anyType: "Any type",
  name: "Names that match",
  anyName: "any name, or a pattern such as ^model-",
  ttl: "Versions live",
  ttlHint: "unless they say otherwise themselves. Linked versions stay.",
  inheritNone: "for ever (nothing is set)",
  inheritDays: (days: string) => `${days} days, as the team says`,
  forever: "for ever",
  days: "for some days",
  badDays: "Write a number of days",
  save: "Save",
  log: "What rules and times to live have deleted",
  expired: (days: string) => `lived ${days} days`,
};

export const en = { storage, retention };

export type Words = typeof en;
