// docs/screenshots/index.md: every page once, with links to its other pictures.

export function writeIndex(pages) {
  const lines = [
    "# Screenshots",
    "",
    "Made by `make screenshots` on a server with what `examples/gallery.py` logs through the",
    "unmodified wandb client. Do not edit: `web/scripts/screenshots/pages.mjs` lists the pages.",
  ];
  for (const { name, title, isOnPhone } of pages) {
    const sets = ["light-1280", "dark-1280", "light-1920", "dark-1920"];
    if (isOnPhone) sets.push("light-390", "dark-390");
    const links = sets.map((set) => `[${set.replace("-", " ")}](${set}/${name}.png)`);
    lines.push("", `## ${title}`, "", `![${title}](light-1280/${name}.png)`, "", links.join(" · "));
  }
  return `${lines.join("\n")}\n`;
}
