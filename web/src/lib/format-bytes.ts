const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** Sizes of files, in thousands as disks count them: 812 B, 1.2 MB, 48 GB. */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}
