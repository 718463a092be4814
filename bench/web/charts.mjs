// The app's line chart beside uPlot and ECharts: same data, same size, same browser, same run.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch } from "./lib/browser.mjs";
import { ms, printTable } from "./lib/table.mjs";

const HERE = fileURLToPath(new URL("./charts", import.meta.url));
const WEB = fileURLToPath(new URL("../../web", import.meta.url));
const CASES = [
  [100, 1_000],
  [1_000, 1_000],
  [10, 100_000],
];
const NAMES = ["runstone", "uplot", "echarts"];
const FIGURES = [
  ["first", "first paint"],
  ["zoom", "zoom"],
  ["hover", "hover frame"],
  ["hoverSlow", "hover, 95 %"],
];

export async function benchCharts({ repeat }) {
  const { build, preview } = await importFrom("vite");
  const react = (await importFrom("@vitejs/plugin-react")).default;
  const outDir = mkdtempSync(join(tmpdir(), "runstone-bench-charts-"));
  const config = {
    configFile: false,
    root: HERE,
    logLevel: "warn",
    plugins: [react()],
    resolve: {
      alias: {
        "@": join(WEB, "src"),
        react: join(WEB, "node_modules/react"),
        "react-dom": join(WEB, "node_modules/react-dom"),
      },
    },
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 4000 },
    preview: { port: 0 },
  };
  await build(config);
  const server = await preview(config);
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", (error) => {
      throw error;
    });
    await page.goto(server.resolvedUrls.local[0]);
    await page.waitForFunction(() => window.measure !== undefined);
    const rows = [];
    for (const [lines, points] of CASES) {
      const found = {};
      for (const name of NAMES) {
        found[name] = await page.evaluate(
          ([...args]) => window.measure(...args),
          [name, lines, points, repeat],
        );
      }
      const size = `${lines.toLocaleString("en")} × ${points.toLocaleString("en")}`;
      for (const [figure, label] of FIGURES) {
        const [own, ...peers] = NAMES.map((name) => found[name][figure]);
        const ratios = peers.map((peer) => `${(peer / own).toFixed(1)}×`);
        rows.push([`${size}, ${label}`, ms(own), ...peers.map(ms), ...ratios]);
      }
    }
    printTable(
      `Line charts of 800 × 400 pixels, milliseconds until the pixels are there, median of ${repeat}`,
      ["lines × points", "Runstone", "uPlot", "ECharts", "uPlot / R.", "ECharts / R."],
      rows,
    );
  } finally {
    await browser.close();
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** The app's build tools, from where the app has installed them. */
function importFrom(name) {
  const require = createRequire(join(WEB, "package.json"));
  return import(pathToFileURL(require.resolve(name)).href);
}
