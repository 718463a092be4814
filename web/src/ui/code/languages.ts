/** Which language a file is written in, by its name; its grammar is loaded when it is needed. */
import { type LanguageSupport, StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

type Loader = () => Promise<Extension>;

const stream = (load: () => Promise<StreamParser<unknown>>): Loader => {
  return async () => StreamLanguage.define(await load());
};

const javascript = (isTyped: boolean): Loader => {
  return async () => {
    const { javascript } = await import("@codemirror/lang-javascript");
    return javascript({ typescript: isTyped, jsx: true });
  };
};

const support = (load: () => Promise<LanguageSupport>): Loader => load;

const LOADERS = {
  python: support(async () => (await import("@codemirror/lang-python")).python()),
  json: support(async () => (await import("@codemirror/lang-json")).json()),
  yaml: support(async () => (await import("@codemirror/lang-yaml")).yaml()),
  markdown: support(async () => (await import("@codemirror/lang-markdown")).markdown()),
  cpp: support(async () => (await import("@codemirror/lang-cpp")).cpp()),
  javascript: javascript(false),
  typescript: javascript(true),
  shell: stream(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell),
  toml: stream(async () => (await import("@codemirror/legacy-modes/mode/toml")).toml),
  ini: stream(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  docker: stream(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  rust: stream(async () => (await import("@codemirror/legacy-modes/mode/rust")).rust),
  go: stream(async () => (await import("@codemirror/legacy-modes/mode/go")).go),
  julia: stream(async () => (await import("@codemirror/legacy-modes/mode/julia")).julia),
  r: stream(async () => (await import("@codemirror/legacy-modes/mode/r")).r),
  lua: stream(async () => (await import("@codemirror/legacy-modes/mode/lua")).lua),
  java: stream(async () => (await import("@codemirror/legacy-modes/mode/clike")).java),
  css: stream(async () => (await import("@codemirror/legacy-modes/mode/css")).css),
  xml: stream(async () => (await import("@codemirror/legacy-modes/mode/xml")).xml),
  html: stream(async () => (await import("@codemirror/legacy-modes/mode/xml")).html),
  sql: stream(async () => (await import("@codemirror/legacy-modes/mode/sql")).standardSQL),
  diff: stream(async () => (await import("@codemirror/legacy-modes/mode/diff")).diff),
} satisfies Record<string, Loader>;

export type Language = keyof typeof LOADERS;

const BY_ENDING: ReadonlyMap<string, Language> = new Map(
  (
    [
      ["python", "py pyi pyx bzl"],
      ["json", "json jsonl ndjson ipynb geojson webmanifest"],
      ["yaml", "yaml yml"],
      ["markdown", "md markdown rst"],
      ["cpp", "c h cc hh cpp hpp cxx cu cuh metal proto"],
      ["javascript", "js mjs cjs jsx"],
      ["typescript", "ts mts tsx"],
      ["shell", "sh bash zsh slurm sbatch env"],
      ["toml", "toml lock"],
      ["ini", "ini cfg conf properties"],
      ["rust", "rs"],
      ["go", "go"],
      ["julia", "jl"],
      ["r", "r"],
      ["lua", "lua"],
      ["java", "java kt scala"],
      ["css", "css scss"],
      ["xml", "xml svg xsd plist"],
      ["html", "html htm"],
      ["sql", "sql"],
      ["diff", "diff patch"],
    ] satisfies [Language, string][]
  ).flatMap(([language, endings]) =>
    endings.split(" ").map((ending): [string, Language] => [ending, language]),
  ),
);

/** Null where only plain text is sure. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === "dockerfile" || name.startsWith("dockerfile.")) return "docker";
  if (name === "makefile") return "shell";
  return BY_ENDING.get(name.slice(name.lastIndexOf(".") + 1)) ?? null;
}

export async function loadLanguage(language: Language): Promise<Extension> {
  return LOADERS[language]();
}
