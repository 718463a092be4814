// Prints what a first visit of each page downloads beyond the core, and holds the core, which every
// page needs, to its budget: `npm run size`, after a build. Fonts apart.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const sizes = new Map();
function gzipKb(file) {
  if (!sizes.has(file)) {
    sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024);
  }
  return sizes.get(file);
}

/** Scripts and styles that an entry needs before it runs. */
function filesOf(key, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[key];
  if (found.has(file)) return found;
  found.add(file);
  for (const style of css) found.add(style);
  for (const next of imports) filesOf(next, found);
  return found;
}

const sum = (files) => [...files].reduce((total, file) => total + gzipKb(file), 0);
const row = (kb, name) => console.log(`${kb.toFixed(1).padStart(8)} KB gzip  ${name}`);

const page = readFileSync(new URL("index.html", dist), "utf8");
const core = new Set(
  [...page.matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file),
);
const total = sum(core);
row(total, `core of ${BUDGET_KB} KB: frame, sign-in, workspace`);
const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
for (const key of lazy.sort()) {
  const more = [...filesOf(key)].filter((file) => !core.has(file));
  row(sum(more), `+ ${key.replace(/^src\//, "")}`);
}
if (total > BUDGET_KB) process.exit(1);
