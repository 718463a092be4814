export const sections = {
  pinned: "Pinned",
  custom: "Custom charts",
  only: (name: string) => `Show only ${name}`,
  all: "All sections",
  gone: "This section has no charts any more.",
  badPattern: "This pattern cannot be read:",
  grid: "Size of the charts",
  columns: "Columns",
  auto: "Auto",
  height: "Height",
  small: "Small",
  medium: "Medium",
  large: "Large",
  nothingToDraw: "Nothing to draw here",
  nothingToDrawHint:
    "The runs logged something, but no numbers, or they asked for all of them to be hidden.",
};
