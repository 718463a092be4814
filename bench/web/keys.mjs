// The app where there is a lot of everything: a run of 100,023 metrics beside a config of 50,000
// values, and a run of 10,000 metrics that goes on while one looks.
import { launch } from "./lib/browser.mjs";
import { startServer, Writer } from "./lib/server.mjs";
import { median, ms, printTable } from "./lib/table.mjs";

const VIEWPORT = { width: 1280, height: 800 };
const PROJECT = "bench-keys";
const NUM_KEYS = 100_000;
const NUM_LOOSE = 23;
const NUM_LIVE_KEYS = 10_000;
const LIVE_ROWS = 20;
const POLLING = { polling: "raf", timeout: 120_000 };

export async function benchKeys({ repeat }) {
  const server = await startServer();
  const browser = await launch();
  try {
    const writer = new Writer(server);
    const entity = await writer.entity();
    const bench = { server, browser, writer, entity };
    await seed(bench);
    await answers(bench, repeat);
    await pages(bench, repeat);
    await live(bench);
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function seed({ writer, entity }) {
  const config = {};
  for (let group = 0; group < 200; group++) {
    const values = {};
    for (let i = 0; i < 250; i++) values[`parameter_${group * 250 + i}`] = { value: i };
    config[`group_${group}`] = { value: values };
  }
  await writer.createRun(PROJECT, "many");
  await writer.post("/graphql", {
    query:
      "mutation C($project: String, $name: String, $config: JSONString) { upsertBucket(input: " +
      "{modelName: $project, name: $name, config: $config}) { bucket { id } } }",
    variables: { project: PROJECT, name: "many", config: JSON.stringify(config) },
  });
  const names = [...keys(NUM_KEYS)];
  for (let i = 0; i < NUM_LOOSE; i++) names.push(`loss_${i}`);
  for (let step = 0; step < 4; step++) {
    const row = rowOf(step, names);
    await writer.log(entity, PROJECT, "many", [row], step);
    await summarise(writer, entity, "many", row);
  }
  await writer.finish(entity, PROJECT, "many");
  await writer.createRun(PROJECT, "live");
  await grow(writer, entity, 0);
}

function* keys(count) {
  for (let i = 0; i < count; i++) {
    const layer = String(Math.floor(i / 250)).padStart(3, "0");
    yield `layer_${layer}/block.${Math.floor((i % 250) / 25)}/weight_${i}/norm`;
  }
}

function rowOf(step, names) {
  const row = { _step: step, _timestamp: 1.79e9 + step, _runtime: step };
  for (const [i, name] of names.entries()) row[name] = Math.sin(i + step);
  return row;
}

function summarise(writer, entity, run, row) {
  return writer.post(`/files/${entity}/${PROJECT}/${run}/file_stream`, {
    files: { "wandb-summary.json": { offset: 0, content: [JSON.stringify(row)] } },
  });
}

async function grow(writer, entity, step) {
  const row = rowOf(step, [...keys(NUM_LIVE_KEYS)]);
  await writer.log(entity, PROJECT, "live", [row], step);
  await summarise(writer, entity, "live", row);
}

/** What the pages ask the server for. */
async function answers({ server, writer, entity }, repeat) {
  const project = `/api/v1/projects/${entity}/${PROJECT}`;
  const asked = {
    "keys of the run": `${project}/keys/names?run=many`,
    "the run": `${project}/runs/many`,
    "a page of columns": `${project}/columns?limit=200`,
    "columns, searched": `${project}/columns?limit=200&search=weight_777`,
    "a page of runs": `${project}/runs?limit=50`,
  };
  const rows = [];
  for (const [name, path] of Object.entries(asked)) {
    const times = [];
    let bytes = 0;
    for (let turn = 0; turn < repeat; turn++) {
      const begin = performance.now();
      const answer = await fetch(server.url + path, { headers: writer.headers });
      bytes = (await answer.arrayBuffer()).byteLength;
      times.push(performance.now() - begin);
    }
    rows.push([name, ms(median(times)), Math.round(bytes / 1024).toLocaleString("en")]);
  }
  printTable("The server's answers", ["", "ms", "KB"], rows);
}

async function freshPage({ server, browser }) {
  const context = await browser.newContext({ viewport: VIEWPORT, baseURL: server.url });
  const answer = await context.request.post("/api/v1/session", {
    data: { api_key: server.key },
    headers: { "X-Runstone-CSRF": "1" },
  });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()}`);
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.__longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.__longTasks.push(duration);
    }).observe({ type: "longtask" });
  });
  return { context, page };
}

/** Milliseconds from `act` until `isDone` holds in the page (it then answers with the time), and the longest task in between. */
async function timed(page, act, isDone, argument) {
  await page.evaluate(() => {
    window.__longTasks = [];
    window.__begin = performance.now();
  });
  await act();
  const done = await page.waitForFunction(isDone, argument, POLLING);
  const end = await done.jsonValue();
  const longest = await page.evaluate(() => Math.max(0, ...window.__longTasks));
  return [end - (await page.evaluate(() => window.__begin)), longest];
}

async function opened(page, path, isDone, argument) {
  await page.goto(path, { waitUntil: "commit" });
  const done = await page.waitForFunction(isDone, argument, POLLING);
  const end = await done.jsonValue();
  return [end, await page.evaluate(() => Math.max(0, ...window.__longTasks))];
}

// What is waited for answers with the time at which it held.
const hasCharts = (count) =>
  (window.__runstone?.charts() ?? []).length >= count && performance.now();
const hasTitle = (text) =>
  document.querySelector(`[title*="${text}"]`) !== null && performance.now();
const hasText = (text) => document.body.innerText.includes(text) && performance.now();

async function pages(bench, repeat) {
  const run = `/${bench.entity}/${PROJECT}/runs/many`;
  const found = new Map();
  const note = (name, [time, longest]) => {
    const before = found.get(name) ?? { times: [], longest: [] };
    found.set(name, { times: [...before.times, time], longest: [...before.longest, longest] });
  };
  let heap = 0;
  for (let turn = 0; turn < repeat; turn++) {
    const { context, page } = await freshPage(bench);
    note("run, charts: first six charts", await opened(page, run, hasCharts, 6));
    const session = await context.newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    heap = (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
    const search = page.locator('[class*="toolbar"] input').first();
    note(
      "search among the charts, to what it finds",
      await timed(
        page,
        () => search.fill("weight_77777"),
        (text) =>
          document.querySelector("[data-key]")?.dataset.key?.includes(text) && performance.now(),
        "weight_77777",
      ),
    );
    note(
      "back to all of them",
      await timed(page, () => search.fill(""), () => document.querySelectorAll("[data-key]").length > 3 && performance.now()),
    );
    note(
      "metrics to choose x from",
      await timed(
        page,
        () => page.locator('[class*="toolbar"] [class*="trigger"]').first().click(),
        () => document.querySelectorAll('[class*="choice"]').length > 20 && performance.now(),
      ),
    );
    await page.keyboard.press("Escape");
    note("run, overview: config and summary", await opened(page, `${run}/overview`, hasText, "group_0"));
    const summary = page.locator("section[aria-label] input[type=search], section[aria-label] input").last();
    note(
      "search in the summary",
      await timed(page, () => summary.fill("weight_77777"), hasTitle, "weight_77777/norm"),
    );
    note(
      "project: first six charts",
      await opened(page, `/${bench.entity}/${PROJECT}`, hasCharts, 6),
    );
    await context.close();
  }
  const rows = [...found].map(([name, { times, longest }]) => [
    name,
    ms(median(times)),
    ms(median(longest)),
  ]);
  printTable(
    `A run of ${(NUM_KEYS + NUM_LOOSE).toLocaleString("en")} metrics, median of ${repeat} ` +
      `(heap with its charts open: ${heap.toFixed(0)} MB)`,
    ["", "ms", "longest task, ms"],
    rows,
  );
}

/** One row of 10,000 metrics each second under a page that shows its charts. */
async function live(bench) {
  const { writer, entity } = bench;
  const rows = [];
  for (const [name, path] of [
    ["its charts", ""],
    ["its overview", "/overview"],
  ]) {
    const { context, page } = await freshPage(bench);
    let bytes = 0;
    page.on("response", async (response) => {
      const body = await response.body().catch(() => null);
      bytes += body?.length ?? 0;
    });
    await page.goto(`/${entity}/${PROJECT}/runs/live${path}`);
    await page.waitForTimeout(4000);
    bytes = 0;
    await page.evaluate(() => {
      window.__longTasks = [];
      window.__frames = [];
      let last = performance.now();
      const tick = (now) => {
        window.__frames.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const begin = Date.now();
    for (let turn = 0; turn < LIVE_ROWS; turn++) {
      bench.step = (bench.step ?? 0) + 1;
      await grow(writer, entity, bench.step);
      await page.waitForTimeout(Math.max(0, begin + (turn + 1) * 1000 - Date.now()));
    }
    const { frames, tasks } = await page.evaluate(() => ({
      frames: window.__frames.toSorted((a, b) => a - b),
      tasks: window.__longTasks,
    }));
    rows.push([
      name,
      ms(frames[Math.floor(frames.length * 0.99)]),
      ms(frames.at(-1)),
      ms(tasks.reduce((a, b) => a + b, 0) / LIVE_ROWS),
      Math.round(bytes / 1024 / LIVE_ROWS).toLocaleString("en"),
    ]);
    await context.close();
  }
  printTable(
    `A run of ${NUM_LIVE_KEYS.toLocaleString("en")} metrics and a row a second, watched`,
    ["", "99 % of frames, ms", "longest frame, ms", "long tasks, ms a second", "KB a second"],
    rows,
  );
}
