/** Files of a run as a tree of folders, and the rows of it that are in sight. Pure. */

export interface FileFacts {
  name: string;
  size_bytes: number;
  updated_at: string;
}

export interface TreeRow {
  /** Whole path; unique among the rows of its kind. */
  path: string;
  name: string;
  depth: number;
  isFolder: boolean;
  isOpen: boolean;
  sizeBytes: number;
  updatedAt: string;
  /** Of a folder: how many files it holds, at any depth. */
  numFiles: number;
}

export type SortColumn = "name" | "size" | "time";

export interface Sort {
  column: SortColumn;
  isDescending: boolean;
}

export interface Folder {
  path: string;
  name: string;
  folders: Map<string, Folder>;
  files: FileFacts[];
  sizeBytes: number;
  updatedAt: string;
  numFiles: number;
}

export function buildTree(files: readonly FileFacts[]): Folder {
  const root = newFolder("", "");
  for (const file of files) {
    const parts = file.name.split("/");
    let folder = root;
    addUp(folder, file);
    for (const part of parts.slice(0, -1)) {
      const path = folder.path === "" ? part : `${folder.path}/${part}`;
      const inner = folder.folders.get(part) ?? newFolder(path, part);
      folder.folders.set(part, inner);
      folder = inner;
      addUp(folder, file);
    }
    folder.files.push(file);
  }
  return root;
}

/**
 * @param open Folders that are unfolded; a search looks into all of them.
 * @returns Rows in reading order: folders before files, sorted within their folder.
 */
export function treeRows(
  root: Folder,
  open: ReadonlySet<string>,
  search: string,
  sort: Sort,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const wanted = search.trim().toLowerCase();
  if (wanted === "") addRows(root, 0, open, sort, rows);
  else addMatches(root, 0, wanted, sort, rows);
  return rows;
}

/** Every folder above a file: those that have to be open for it to be seen. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Small trees are shown unfolded; of large ones the first level alone. */
export function initiallyOpen(root: Folder, maxRows = 40): Set<string> {
  const open = new Set<string>();
  let level = [root];
  let numRows = root.folders.size + root.files.length;
  while (level.length > 0) {
    const next = level.flatMap((folder) => [...folder.folders.values()]);
    numRows += next.reduce((sum, folder) => sum + folder.folders.size + folder.files.length, 0);
    if (numRows > maxRows) break;
    for (const folder of next) open.add(folder.path);
    level = next;
  }
  return open;
}

function newFolder(path: string, name: string): Folder {
  return { path, name, folders: new Map(), files: [], sizeBytes: 0, updatedAt: "", numFiles: 0 };
}

function addUp(folder: Folder, file: FileFacts): void {
  folder.sizeBytes += file.size_bytes;
  folder.numFiles += 1;
  if (file.updated_at > folder.updatedAt) folder.updatedAt = file.updated_at;
}

function addRows(
  folder: Folder,
  depth: number,
  open: ReadonlySet<string>,
  sort: Sort,
  rows: TreeRow[],
): void {
  for (const inner of sortedFolders(folder, sort)) {
    const isOpen = open.has(inner.path);
    rows.push(folderRow(inner, depth, isOpen));
    if (isOpen) addRows(inner, depth + 1, open, sort, rows);
  }
  for (const file of sortedFiles(folder, sort)) rows.push(fileRow(file, depth));
}

/** Adds the files whose path matches, below the folders that lead to them. */
function addMatches(
  folder: Folder,
  depth: number,
  wanted: string,
  sort: Sort,
  rows: TreeRow[],
): void {
  for (const inner of sortedFolders(folder, sort)) {
    const at = rows.length;
    rows.push(folderRow(inner, depth, true));
    addMatches(inner, depth + 1, wanted, sort, rows);
    if (rows.length === at + 1) rows.pop();
  }
  for (const file of sortedFiles(folder, sort)) {
    if (file.name.toLowerCase().includes(wanted)) rows.push(fileRow(file, depth));
  }
}

function folderRow(folder: Folder, depth: number, isOpen: boolean): TreeRow {
  const { path, name, sizeBytes, updatedAt, numFiles } = folder;
  return { path, name, depth, isFolder: true, isOpen, sizeBytes, updatedAt, numFiles };
}

function fileRow(file: FileFacts, depth: number): TreeRow {
  return {
    path: file.name,
    name: file.name.slice(file.name.lastIndexOf("/") + 1),
    depth,
    isFolder: false,
    isOpen: false,
    sizeBytes: file.size_bytes,
    updatedAt: file.updated_at,
    numFiles: 1,
  };
}

const NAMES = new Intl.Collator("en", { numeric: true });

function sortedFolders(folder: Folder, sort: Sort): Folder[] {
  return [...folder.folders.values()].sort((a, b) =>
    inOrder(sort, NAMES.compare(a.name, b.name), a.sizeBytes - b.sizeBytes, [
      a.updatedAt,
      b.updatedAt,
    ]),
  );
}

function sortedFiles(folder: Folder, sort: Sort): FileFacts[] {
  return folder.files.toSorted((a, b) =>
    inOrder(sort, NAMES.compare(a.name, b.name), a.size_bytes - b.size_bytes, [
      a.updated_at,
      b.updated_at,
    ]),
  );
}

function inOrder(sort: Sort, byName: number, bySize: number, times: [string, string]): number {
  const byTime = times[0] < times[1] ? -1 : Number(times[0] > times[1]);
  const byColumn = { name: byName, size: bySize, time: byTime }[sort.column];
  return (sort.isDescending ? -byColumn : byColumn) || byName;
}
