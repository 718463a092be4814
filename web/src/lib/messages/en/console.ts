export const console = {
  emptyTitle: "No console output",
};
