// Takes pictures of every state against the mock: `node scripts/screenshots.mjs [filter]`.
// Expects `npm run dev:mock` (or preview:mock) at BASE; writes to shots/.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const BASE = process.env.BASE ?? "http://localhost:5173";
const filter = process.argv[2] ?? "";
const themes = (process.env.THEMES ?? "light,dark").split(",");
const sizes = (process.env.SIZES ?? "1280x800,1920x1080,390x844")
  .split(",")
  .map((s) => s.split("x").map(Number));

const hoverChart = async (page) => {
  const chart = page.locator('[data-testid="chart"]').first();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
};

const shots = {
  projects: { path: "/" },
  empty: { path: "/", mood: "empty" },
  error: { path: "/", mood: "error" },
  "api-keys": { path: "/authorize" },
  "api-key-made": {
    path: "/authorize",
    act: async (page) => {
      await page.getByRole("button", { name: "Create API key" }).click();
      await page.waitForTimeout(400);
    },
  },
  "no-page": { path: "/no/such/page/at/all" },
  "signed-out": { path: "/", mood: "signed-out" },
  "expired-link": { path: "/signin?token=expired", mood: "signed-out" },
  workspace: { path: "/lab/digits", wait: 2500 },
  hover: { path: "/lab/digits", wait: 2000, act: hoverChart },
  "few-runs": { path: "/ada/playground", wait: 2000 },
  "few-runs-hover": { path: "/ada/playground", wait: 2000, act: hoverChart },
  "one-run": { path: "/lab/one", wait: 2000 },
  "no-runs": { path: "/ada/empty" },
  "log-time": { path: "/ada/playground?x=time&y=log", wait: 2000 },
  nan: { path: "/ada/playground?charts=loss&from=300&to=420", wait: 2000 },
  search: { path: "/lab/digits?q=sun&charts=val", wait: 2000 },
  hidden: { path: "/lab/digits?only=", wait: 1000 },
  "no-match": { path: "/lab/digits?q=zzzz&charts=yyyy", wait: 1000 },
  loading: { path: "/lab/digits", mood: "slow", wait: 900 },
  "not-found": { path: "/lab/nothing" },
  run: { path: null, wait: 2500 },
  keyboard: {
    path: "/lab/digits",
    wait: 1500,
    act: async (page) => {
      for (const key of ["j", "j", "j", "v", "?"]) await page.keyboard.press(key);
    },
  },
  enlarged: {
    path: "/ada/playground",
    wait: 1500,
    act: async (page) => {
      await page.locator('[data-testid="panel"]').first().hover();
      await page.getByRole("button", { name: "Enlarge" }).first().click();
      await page.waitForTimeout(800);
    },
  },
};

mkdirSync("shots", { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const [name, shot] of Object.entries(shots)) {
  if (filter !== "" && !new RegExp(filter).test(name)) continue;
  for (const [width, height] of sizes) {
    for (const theme of themes) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error" && !shot.mood && name !== "not-found")
          console.log(name, "console:", message.text());
      });
      page.on("pageerror", (error) => console.log(name, "page error:", error.message));
      if (shot.mood) await context.addCookies([{ name: "mock", value: shot.mood, url: BASE }]);
      let path = shot.path;
      if (path === null) {
        const answer = await page.request.get(`${BASE}/api/v1/projects/lab/digits/runs?limit=1`);
        path = `/lab/digits/runs/${(await answer.json()).runs[0].id}`;
      }
      await page.goto(BASE + path);
      await page.waitForTimeout(shot.wait ?? 800);
      await shot.act?.(page);
      await page.waitForTimeout(200);
      await page.screenshot({ path: `shots/${name}-${width}-${theme}.png` });
      await context.close();
    }
  }
}
await browser.close();
