/** The cell that keys act on in a table, and how they move it: as in a spreadsheet. Pure. */

export interface Cell {
  row: number;
  column: number;
}

export interface TableShape {
  numRows: number;
  numColumns: number;
  /** Rows that fit on the screen: what a page is. */
  pageRows: number;
}

export interface CellKey {
  key: string;
  /** Ctrl, or ⌘ on a Mac. */
  hasMod: boolean;
}

/** Where a key leads; null where it is none that moves. */
export function moveCell(
  { row, column }: Cell,
  { key, hasMod }: CellKey,
  shape: TableShape,
): Cell | null {
  const last = { row: shape.numRows - 1, column: shape.numColumns - 1 };
  const to = (nextRow: number, nextColumn: number): Cell => ({
    row: clamp(nextRow, last.row),
    column: clamp(nextColumn, last.column),
  });
  switch (key) {
    case "ArrowDown":
      return to(hasMod ? last.row : row + 1, column);
    case "ArrowUp":
      return to(hasMod ? 0 : row - 1, column);
    case "ArrowRight":
      return to(row, hasMod ? last.column : column + 1);
    case "ArrowLeft":
      return to(row, hasMod ? 0 : column - 1);
    case "Home":
      return to(hasMod ? 0 : row, 0);
    case "End":
      return to(hasMod ? last.row : row, last.column);
    case "PageDown":
      return to(row + shape.pageRows, column);
    case "PageUp":
      return to(row - shape.pageRows, column);
    default:
      return null;
  }
}

function clamp(value: number, last: number): number {
  return Math.max(0, Math.min(value, last));
}

export interface PlacedColumn {
  key: string;
  width: number;
  /** From the beginning of the columns that scroll, or of the pinned ones. */
  left: number;
  isPinned: boolean;
  /** Its digits stand right, under each other, and so does its name. */
  isNumber: boolean;
}

export type SizedColumn = Omit<PlacedColumn, "left">;

/** Where each column stands, given in the order in which they are drawn. */
export function placeColumns(columns: readonly SizedColumn[]): {
  placed: PlacedColumn[];
  pinnedWidth: number;
  scrolledWidth: number;
} {
  let [pinnedWidth, scrolledWidth] = [0, 0];
  const placed = columns.map((column) => {
    const { width, isPinned } = column;
    const left = isPinned ? pinnedWidth : scrolledWidth;
    if (isPinned) pinnedWidth += width;
    else scrolledWidth += width;
    return { ...column, left };
  });
  return { placed, pinnedWidth, scrolledWidth };
}

/** Of the columns that scroll, those between two places; one more at each side. */
export function columnsWithin(
  placed: readonly PlacedColumn[],
  from: number,
  to: number,
): { first: number; end: number } {
  const begin = placed.findIndex(({ isPinned }) => !isPinned);
  if (begin < 0) return { first: placed.length, end: placed.length };
  let [first, end] = [placed.length, begin];
  placed.forEach(({ left, width, isPinned }, index) => {
    if (isPinned || left + width < from || left > to) return;
    first = Math.min(first, index);
    end = index + 1;
  });
  return { first: Math.max(begin, first - 1), end: Math.min(placed.length, end + 1) };
}
