/** Selected console text as plain lines: no numbers, no times, one line each. */

export function selectedLines(root: HTMLElement, selection: Selection | null): string | null {
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const rows = [...root.querySelectorAll("[data-line]")].filter((row) => range.intersectsNode(row));
  if (rows.length === 0) return null;
  return rows.map((row) => partOf(row.querySelector("[data-text]"), range)).join("\n");
}

function partOf(text: Element | null, range: Range): string {
  if (!text || !range.intersectsNode(text)) return "";
  const part = document.createRange();
  part.selectNodeContents(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) {
    part.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) {
    part.setEnd(range.endContainer, range.endOffset);
  }
  return part.toString();
}
