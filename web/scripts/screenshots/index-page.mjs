// docs/screenshots/index.md: every page once, with links to its other pictures.
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Of the pages whose pictures are all there, whenever they were taken. */
export function writeIndex(pages, folder) {
  const lines = [
    "# Screenshots",
    "",
    "Made by `make screenshots` on a server with what `examples/gallery.py` logs through the",
    "unmodified wandb client, and `examples/judge_shapes.py` and `examples/spirals.ipynb` through",
    "Runstone's own. Do not edit: `web/scripts/screenshots/pages.mjs` lists the pages.",
  ];
  for (const { name, title, isOnPhone } of pages) {
    const sets = ["light-1280", "dark-1280", "light-1920", "dark-1920"];
    if (isOnPhone) sets.push("light-390", "dark-390");
    if (sets.some((set) => !existsSync(join(folder, set, `${name}.png`)))) continue;
    const links = sets.map((set) => `[${set.replace("-", " ")}](${set}/${name}.png)`);
    lines.push("", `## ${title}`, "", `![${title}](light-1280/${name}.png)`, "", links.join(" · "));
  }
  return `${lines.join("\n")}\n`;
}
