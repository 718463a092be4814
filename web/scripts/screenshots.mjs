// Takes pictures of every page on a real server with data that real clients logged:
// `make screenshots`, or `node scripts/screenshots.mjs [name …]` for some of them; others stay.
// What is photographed is listed in screenshots/pages.mjs; a new page is one line there.
// Needs what `make web clients` makes. Environment: CHROMIUM.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { writeIndex } from "./screenshots/index-page.mjs";
import { pages } from "./screenshots/pages.mjs";
import { settle } from "./screenshots/settle.mjs";
import { CLIENT_PYTHON, ROOT, World } from "./screenshots/world.mjs";

const TARGET = join(ROOT, "docs", "screenshots");
const SCREENS = { 1280: [1280, 800], 1920: [1920, 1080], 390: [390, 844] };
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
];

const wanted = process.argv.slice(2);
const chosen = pages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => pages.every((page) => page.name !== name));
if (unknown.length > 0) {
  console.error(`No such page: ${unknown.join(", ")}. screenshots/pages.mjs lists them.`);
  process.exit(1);
}
const problems = [];
const taken = [];

const world = new World();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});
try {
  await world.start();
  for (const page of chosen.filter(({ isBeforeData }) => isBeforeData)) await photograph(page);
  await world.fill();
  await world.startLiveRun();
  for (const page of chosen.filter(({ isBeforeData }) => !isBeforeData)) await photograph(page);
} finally {
  await browser.close();
  await world.stop();
}
execFileSync(CLIENT_PYTHON, [join(import.meta.dirname, "screenshots", "shrink.py"), ...taken]);
writeFileSync(join(TARGET, "index.md"), writeIndex(pages, TARGET));
console.log(`${taken.length} pictures in docs/screenshots`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

async function photograph(page) {
  const widths = page.isOnPhone ? [1280, 1920, 390] : [1280, 1920];
  for (const width of widths) {
    for (const theme of ["light", "dark"]) await shoot(page, width, theme);
  }
}

async function shoot(shot, width, theme) {
  const [w, h] = SCREENS[width];
  const context = await browser.newContext({
    viewport: { width: w, height: h },
    colorScheme: theme,
    locale: shot.language ?? "en",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    hasTouch: width === 390,
  });
  const where = `${shot.name} ${width} ${theme}`;
  try {
    if (!shot.isSignedOut) await world.signIn(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(`${where}: ${error.message}`));
    // "3m ago" is the same in every run of this script.
    if (world.now !== undefined) await page.clock.setFixedTime(world.now);
    await shot.before?.(page);
    await page.goto(shot.isNotebook ? world.notebook : world.url + shot.path);
    await settle(page);
    if (shot.act) {
      await shot.act(page);
      await settle(page);
    }
    const file = join(TARGET, `${theme}-${width}`, `${shot.name}.png`);
    mkdirSync(dirname(file), { recursive: true });
    await page.screenshot({ path: file, caret: "hide" });
    taken.push(file);
  } catch (error) {
    problems.push(`${where}: ${error.message.split("\n")[0]}`);
  } finally {
    await context.close();
  }
}
