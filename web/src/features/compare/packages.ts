/** A list of installed packages, as pip writes it. Pure. */
import { type Cell, textCell } from "./cells";

/** Versions by name; names as pip compares them. What is no package line is passed over. */
export function readRequirements(text: string): Map<string, Cell> {
  const packages = new Map<string, Cell>();
  for (const line of text.split("\n")) {
    const [name, version] = readLine(line.replace(/\s+#.*$/, "").trim());
    if (name !== "") packages.set(normalName(name), textCell(version));
  }
  return packages;
}

function readLine(line: string): [name: string, version: string] {
  if (line === "" || line.startsWith("#")) return ["", ""];
  if (line.startsWith("-e ")) {
    const [, name = ""] = /[#&]egg=([^&]+)/.exec(line) ?? [];
    return [name, line.slice(3).replace(/#.*$/, "")];
  }
  const [, pinned = "", version = ""] = /^([\w.-]+)(?:\[[^\]]*\])?\s*===?\s*(\S+)/.exec(line) ?? [];
  if (pinned !== "") return [pinned, version];
  const [, named = "", rest = ""] = /^([\w.-]+)(?:\[[^\]]*\])?\s*(.*)$/.exec(line) ?? [];
  return line.startsWith("-") ? ["", ""] : [named, rest.replace(/^@\s*/, "") || "*"];
}

/** Source: PEP 503, normalized names. */
function normalName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}
