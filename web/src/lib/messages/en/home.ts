export const home = {
  recent: "Recent runs",
  noRuns: "No run has been active yet.",
  recentFailed: "The recent runs could not be loaded.",
};
