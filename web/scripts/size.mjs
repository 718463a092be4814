// Prints what a first visit downloads and holds it to the budget: `npm run size`, after a build.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const assets = new URL("../dist/assets/", import.meta.url);

const rows = readdirSync(assets)
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => {
    const bytes = readFileSync(new URL(name, assets));
    return { name, raw: bytes.length / 1024, gzip: gzipSync(bytes, { level: 9 }).length / 1024 };
  })
  .sort((a, b) => b.gzip - a.gzip);

for (const { name, raw, gzip } of rows) {
  console.log(`${gzip.toFixed(1).padStart(8)} KB gzip ${raw.toFixed(1).padStart(8)} KB  ${name}`);
}
// One entry today: every script and style is part of the core route.
const total = rows.reduce((sum, { gzip }) => sum + gzip, 0);
console.log(`${total.toFixed(1).padStart(8)} KB gzip of ${BUDGET_KB} KB: core route (fonts apart)`);
if (total > BUDGET_KB) process.exit(1);
