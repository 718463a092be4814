export const sections = {
  pinned: "Pinned",
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
};
