// When a page has come to rest: nothing is on its way, and nothing has changed for a moment.

const STILL_MS = 500;
const AT_MOST_MS = 12_000;

export async function settle(page) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.evaluate(
    ([stillMs, atMostMs]) =>
      new Promise((resolve) => {
        // performance.now(): the page's own clock stands still.
        const start = performance.now();
        let changedAt = start;
        const isOurs = (mutation) =>
          mutation.type === "childList" || mutation.attributeName !== "style";
        const observer = new MutationObserver((mutations) => {
          if (mutations.some(isOurs)) changedAt = performance.now();
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true });
        const requests = () => performance.getEntriesByType("resource").length;
        let seen = requests();
        const look = () => {
          const now = performance.now();
          if (requests() !== seen) {
            seen = requests();
            changedAt = now;
          }
          if (now - changedAt < stillMs && now - start < atMostMs) {
            setTimeout(look, 50);
            return;
          }
          observer.disconnect();
          resolve();
        };
        look();
      }),
    [STILL_MS, AT_MOST_MS],
  );
}
