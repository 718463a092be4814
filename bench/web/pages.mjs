// The app's pages on a real server: what they weigh, how soon they draw, how they scroll, what a
// live run costs in memory.
import { gzipSync } from "node:zlib";
import { launch } from "./lib/browser.mjs";
import { startServer, Writer } from "./lib/server.mjs";
import { median, ms, printTable } from "./lib/table.mjs";

const VIEWPORT = { width: 1280, height: 800 };
const CURVES = "bench-curves";
const MANY = "bench-many-runs";
const LIVE = "bench-live";

export async function benchPages({ repeat, minutes, numRuns }) {
  const server = await startServer();
  const browser = await launch();
  try {
    const writer = new Writer(server);
    const entity = await writer.entity();
    await seedCurves(writer, entity);
    const bench = { server, browser, writer, entity };
    await bundles(bench);
    await firstChart(bench, repeat);
    await seedRuns(writer, entity, numRuns);
    await scrolling(bench, numRuns);
    await liveMemory(bench, minutes);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Twenty runs of ten metrics and 10,000 steps: what a project page shows at once. */
async function seedCurves(writer, entity) {
  for (let run = 0; run < 20; run++) {
    await writer.createRun(CURVES, `run${run}`);
    const rows = Array.from({ length: 10_000 }, (_, step) => rowOf(step, run));
    await writer.log(entity, CURVES, `run${run}`, rows);
  }
}

/** Runs of one point each: the list is what is measured. */
async function seedRuns(writer, entity, numRuns) {
  const names = Array.from({ length: numRuns }, (_, i) => `run${i}`);
  // Eight at once: a commit gathers what arrives together.
  const lanes = Array.from({ length: 8 }, async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await writer.createRun(MANY, name);
      await writer.log(entity, MANY, name, [rowOf(0, 0)]);
    }
  });
  await Promise.all(lanes);
}

function rowOf(step, run) {
  const row = { _step: step, _timestamp: 1.79e9 + step, _runtime: step };
  for (let metric = 0; metric < 10; metric++) {
    const group = metric < 5 ? "train" : "val";
    row[`${group}/metric_${metric}`] =
      Math.exp(-step / 3000) + 0.1 * Math.sin(step * (metric + 1) + run);
  }
  return row;
}

/** A page of a browser that has never been here, signed in. */
async function freshPage({ server, browser }) {
  const context = await browser.newContext({ viewport: VIEWPORT, baseURL: server.url });
  const answer = await context.request.post("/api/v1/session", {
    data: { api_key: server.key },
    headers: { "X-Runstone-CSRF": "1" },
  });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()}`);
  return { context, page: await context.newPage() };
}

/** Scripts and styles that a first visit loads, gzipped: what the route needs, nothing of others. */
async function bundles(bench) {
  const { entity } = bench;
  const run = `/${entity}/${CURVES}/runs/run0`;
  const routes = {
    "sign-in": "/signin",
    home: "/",
    project: `/${entity}/${CURVES}`,
    "runs table": `/${entity}/${CURVES}/table`,
    "run, overview": `${run}/overview`,
    "run, charts": run,
    "run, console": `${run}/console`,
    "run, system": `${run}/system`,
    "run, files": `${run}/files`,
    "run, media": `${run}/media`,
  };
  const rows = [];
  for (const [name, path] of Object.entries(routes)) {
    const { context, page } = await freshPage(bench);
    const loaded = [];
    page.on("response", (response) => {
      if (/\/assets\/.*\.(js|css)$/.test(new URL(response.url()).pathname)) loaded.push(response);
    });
    await page.goto(path);
    await page.waitForTimeout(1500);
    const bodies = await Promise.all(loaded.map((response) => response.body()));
    const sizes = bodies.map((body) => [body.length, gzipSync(body, { level: 9 }).length]);
    const sum = (column) => sizes.reduce((total, size) => total + size[column], 0) / 1024;
    rows.push([name, sizes.length, sum(0).toFixed(0), sum(1).toFixed(1)]);
    await context.close();
  }
  printTable("Scripts and styles of a first visit", ["route", "files", "KB", "KB gzip"], rows);
}

async function firstChart(bench, repeat) {
  const drawn = [];
  const all = [];
  for (let turn = 0; turn < repeat; turn++) {
    const { context, page } = await freshPage(bench);
    await page.goto(`/${bench.entity}/${CURVES}`, { waitUntil: "commit" });
    const chartsDrawn = (count) =>
      page.waitForFunction(
        (wanted) => {
          const charts = window.__runstone?.charts() ?? [];
          const full = charts.filter(({ lines }) => lines.length === 20);
          // On screen with the next frame; from the navigation's beginning.
          return full.length >= wanted && performance.now();
        },
        count,
        { polling: "raf", timeout: 60_000 },
      );
    drawn.push(await (await chartsDrawn(1)).jsonValue());
    all.push(await (await chartsDrawn(6)).jsonValue());
    await context.close();
  }
  printTable(
    `A project of 20 runs × 10,000 steps on a cold cache, median of ${repeat}`,
    ["since the navigation began", "ms"],
    [
      ["first chart", ms(median(drawn))],
      ["six charts", ms(median(all))],
    ],
  );
}

async function scrolling(bench, numRuns) {
  const rows = [];
  for (const [name, path] of [
    ["beside the charts", ""],
    ["the table", "/table"],
  ]) {
    const { context, page } = await freshPage(bench);
    await page.goto(`/${bench.entity}/${MANY}${path}`);
    await page.waitForTimeout(3000);
    const list = await page.evaluateHandle(tallest);
    const frames = await page.evaluate(scrollDown, list);
    if (frames === null) rows.push([name, "no list that scrolls", ""]);
    else {
      const slow = frames.toSorted((a, b) => a - b)[Math.floor(0.95 * frames.length)];
      const mean = frames.reduce((a, b) => a + b, 0) / frames.length;
      rows.push([name, (1000 / mean).toFixed(0), ms(slow)]);
    }
    await context.close();
  }
  printTable(
    `Scrolling a list of ${numRuns.toLocaleString("en")} runs, 40 pixels a frame`,
    ["list", "frames/s", "95 % of frames within ms"],
    rows,
  );
}

/** In the page: the box with the most below the fold among those that hold runs. */
function tallest() {
  const boxes = [...document.querySelectorAll("*")].filter((box) => {
    const { overflowY } = getComputedStyle(box);
    return /auto|scroll/.test(overflowY) && box.scrollHeight > 2 * box.clientHeight;
  });
  return boxes.toSorted((a, b) => b.scrollHeight - a.scrollHeight)[0] ?? null;
}

/** In the page: milliseconds between frames while a list moves under them. */
async function scrollDown(list) {
  if (list === null) return null;
  const frames = [];
  let last = null;
  for (let i = 0; i < 200; i++) {
    list.scrollTop += 40;
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    if (last !== null) frames.push(now - last);
    last = now;
  }
  return frames;
}

/** A project page that watches a run grow by ten rows of ten metrics each second. */
async function liveMemory(bench, minutes) {
  const { writer, entity } = bench;
  await writer.createRun(LIVE, "growing");
  let step = 0;
  const grow = async () => {
    const rows = Array.from({ length: 10 }, (_, i) => rowOf(step + i, 0));
    await writer.log(entity, LIVE, "growing", rows, step);
    step += rows.length;
  };
  await grow();
  const { context, page } = await freshPage(bench);
  await page.goto(`/${entity}/${LIVE}`);
  await page.waitForTimeout(3000);
  const session = await context.newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize / 2 ** 20;
  };
  const rows = [["at the beginning", step, (await heap()).toFixed(1)]];
  const begin = Date.now();
  const end = begin + minutes * 60_000;
  let next = begin + (end - begin) / 4;
  while (Date.now() < end) {
    const turn = Date.now();
    await grow();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (Date.now() - turn))));
    if (Date.now() < next) continue;
    const passed = ((Date.now() - begin) / 60_000).toFixed(1);
    rows.push([`after ${passed} min`, step, (await heap()).toFixed(1)]);
    next += (end - begin) / 4;
  }
  const shown = await page.evaluate(() => window.__runstone?.charts()[0]?.lines[0]?.x.at(-1) ?? -1);
  printTable(
    `A page that watches a live run: heap after collection (charts show up to x = ${Math.round(shown)})`,
    ["", "rows logged", "MB"],
    rows,
  );
  await context.close();
}
