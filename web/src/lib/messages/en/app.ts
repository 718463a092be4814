export const app = {
  name: "Runstone",
  retry: "Try again",
  copy: "Copy",
  copied: "Copied",
  close: "Close",
  home: "All projects",
  breadcrumbs: "Breadcrumbs",
  navigation: "Pages",
  notifications: "Notifications",
  clear: "Clear",
  remove: (what: string) => `Remove ${what}`,
};

export const live = {
  live: "Live",
  connecting: "Connecting…",
  offline: "Reconnecting…",
  liveHint: "New data appears by itself",
  offlineHint: "The connection to the server was lost; trying again every few seconds",
};

export const theme = {
  title: "Theme",
  system: "System",
  light: "Light",
  dark: "Dark",
};

export const account = {
  name: "Name",
  email: "Email",
  role: "Role",
  changePassword: "Password",
  passwordHint:
    "With it you can sign in without a link or a key. Changing it leaves you signed in here.",
  newPassword: "New password",
  repeatPassword: "Once more",
  setPassword: "Set password",
  passwordShort: (min: number) => `At least ${min} characters.`,
  passwordsDiffer: "The two are not the same.",
  passwordChanged: "Password set",
  keysHint: "What scripts and the wandb client sign in with.",
  manageKeys: "Manage API keys",
  look: "Language and theme",
  lookHint: "Kept in this browser.",
  menu: "Account",
  apiKeys: "API keys",
  settings: "Account",
  signOut: "Sign out",
  admin: "Administrator",
};

export const errors = {
  pageMissing: "This page could not be loaded",
  pageMissingHint:
    "The server may have been updated, or it did not answer. Reloading gets the current version.",
  partCrashed: "This part ran into a fault of ours",
  partCrashedHint: "The rest of the page is not affected.",
  title: "Something went wrong",
  unreachable: "The server did not answer",
  unreachableHint:
    "It may be restarting, or this computer is offline. The page comes back by itself as soon as it answers.",
  forbidden: "This is not shared with you",
  fault: "The server had a fault",
  faultHint: "Trying again often helps; the server's log says what went wrong. It answered:",
  noPage: "There is no such page",
  noPageHint: "Check the address, or start from the projects.",
  notFound: "Nothing here",
  notFoundHint:
    "It may have been renamed or deleted, or it belongs to someone who has not shared it.",
  goHome: "Go to all projects",
  crashed: "This page ran into a fault of ours",
  crashedHint: "Reloading usually helps. The data is safe on the server.",
  reload: "Reload",
};

export const time = {
  now: "just now",
  minutes: (n: number) => `${n}m ago`,
  hours: (n: number) => `${n}h ago`,
  days: (n: number) => `${n}d ago`,
};

export const keyboard = {
  title: "Keyboard",
  everywhere: "Everywhere",
  search: "Search runs",
  next: "Next run",
  previous: "Previous run",
  eye: "Show or hide the run",
  open: "Open the run",
  deselect: "Leave the list",
  help: "This list",
};

export const states = {
  pending: "Pending",
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  crashed: "Crashed",
  killed: "Killed",
  preempting: "Preempting",
  preempted: "Preempted",
};
