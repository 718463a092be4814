// Benchmarks of the web app: `node bench/web/run.mjs [charts] [pages] [keys] [--repeat 5] [--minutes 10]`.
//
// `charts` needs `npm ci` in bench/web (uPlot, ECharts) and in web; `pages` and `keys` need the
// server's Python environment (`make setup`) and the built app (`make web`). README.md says what is
// measured.
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: "string", default: "5" },
    minutes: { type: "string", default: "10" },
    runs: { type: "string", default: "10000" },
  },
});
const options = {
  repeat: Number(values.repeat),
  minutes: Number(values.minutes),
  numRuns: Number(values.runs),
};
const wanted = positionals.length > 0 ? positionals : ["charts", "pages", "keys"];
for (const name of wanted) {
  if (name === "charts") await (await import("./charts.mjs")).benchCharts(options);
  else if (name === "pages") await (await import("./pages.mjs")).benchPages(options);
  else if (name === "keys") await (await import("./keys.mjs")).benchKeys(options);
  else throw new Error(`There is no benchmark ${name}: charts, pages, keys.`);
}
