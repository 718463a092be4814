/** Every word of the interface in every language, said with everything that it is told. */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { en as pagesEn } from "@/features/artifacts/words/en";
import { ko as pagesKo } from "@/features/artifacts/words/ko";
import { zh as pagesZh } from "@/features/artifacts/words/zh";
import { en as mediaEn } from "@/features/media/words/en";
import { ko as mediaKo } from "@/features/media/words/ko";
import { zh as mediaZh } from "@/features/media/words/zh";
import { type Words as RegistryWords, en as registryEn } from "@/features/registry/words/en";
import { ko as registryKo } from "@/features/registry/words/ko";
import { zh as registryZh } from "@/features/registry/words/zh";
import { en as storageEn } from "@/features/storage/words/en";
import { ko as storageKo } from "@/features/storage/words/ko";
import { zh as storageZh } from "@/features/storage/words/zh";
import { en as systemEn } from "@/features/system/words/en";
import { ko as systemKo } from "@/features/system/words/ko";
import { zh as systemZh } from "@/features/system/words/zh";
import { en as trashEn } from "@/features/trash/words/en";
import { ko as trashKo } from "@/features/trash/words/ko";
import { zh as trashZh } from "@/features/trash/words/zh";
import { en as chartsEn } from "@/features/workspace/custom/words/en";
import { ko as chartsKo } from "@/features/workspace/custom/words/ko";
import { zh as chartsZh } from "@/features/workspace/custom/words/zh";
import { en } from "@/lib/messages/en";
import { ko } from "@/lib/messages/ko";
import { zh } from "@/lib/messages/zh";

/** Those that are told texts and numbers; the sentences of the log are told a change (model.test.ts). */
function plain({ happened, ...words }: RegistryWords): Omit<RegistryWords, "happened"> {
  return words;
}

/** With the words that come with a page of their own. */
const TRANSLATIONS = {
  ko: {
    ...ko,
    artifactPages: pagesKo,
    customCharts: chartsKo,
    mediaOfRuns: mediaKo,
    registryPages: plain(registryKo),
    storagePages: storageKo,
    systemPages: systemKo,
    trashPages: trashKo,
  },
  zh: {
    ...zh,
    artifactPages: pagesZh,
    customCharts: chartsZh,
    mediaOfRuns: mediaZh,
    registryPages: plain(registryZh),
    storagePages: storageZh,
    systemPages: systemZh,
    trashPages: trashZh,
  },
};

/** The same in every language: a name, and what is typed into a shell. */
const SAME = new Set(["app.name", "signIn.command"]);
/** Nothing in it to translate: `1 : 240`, `⌘K`, or names and abbreviations alone. */
const WORDLESS =
  /^(?:[^\p{L}]|\b(?:[A-Z][A-Z0-9]{1,4}|Python|[Gg]it|NaN|true|false|[xy]|wandb|pip|[a-z]+\.[a-z]+)\b)*$/u;

type Message = string | ((...args: unknown[]) => string);

function isFunction(value: unknown): value is (...args: unknown[]) => string {
  return typeof value === "function";
}

/** Every message by its path: `runs.count`. */
function flatten(value: unknown, path = ""): [string, Message][] {
  if (typeof value === "string" || isFunction(value)) return [[path, value]];
  if (typeof value !== "object" || value === null) throw new Error(`${path} is no message`);
  return Object.entries(value).flatMap(([name, inner]) =>
    flatten(inner, path === "" ? name : `${path}.${name}`),
  );
}

/** What a message says when told these; null where that is no argument that it takes. */
function say(message: Message, args: readonly unknown[]): string | null {
  if (!isFunction(message)) return message;
  try {
    const said: unknown = message(...args);
    return typeof said === "string" && !/NaN|undefined|\[object/.test(said) ? said : null;
  } catch {
    return null;
  }
}

const PAIRS: readonly [unknown, unknown][] = [
  [1234, 5678],
  [1, 5678],
  ["alpha", "omega"],
  [true, false],
  [["alpha", "beta"], ["omega"]],
];

/** All ways to tell a message something, the argument `place` once this and once that. */
function* tellings(arity: number, place: number): Generator<[unknown[], unknown[]]> {
  for (let mix = 0; mix < PAIRS.length ** arity; mix++) {
    const chosen = Array.from(
      { length: arity },
      (_, index) => PAIRS[Math.floor(mix / PAIRS.length ** index) % PAIRS.length],
    );
    const once = chosen.map((pair) => pair?.[0]);
    yield [once, once.map((value, index) => (index === place ? chosen[place]?.[1] : value))];
  }
}

/** The sentence itself: what is said without what it was told. */
function wordsOf(message: Message, arity: number): string | null {
  for (const [args] of tellings(arity, 0)) {
    const said = say(message, args);
    if (said !== null) return said.replaceAll(/alpha|[\d,.]+/g, "");
  }
  return null;
}

/** Whether what is said depends on the argument at this place. */
function uses(message: Message, arity: number, place: number): boolean {
  for (const [once, again] of tellings(arity, place)) {
    const first = say(message, once);
    const second = say(message, again);
    if (first !== null && second !== null && first !== second) return true;
  }
  return false;
}

const english = flatten({
  ...en,
  artifactPages: pagesEn,
  customCharts: chartsEn,
  mediaOfRuns: mediaEn,
  registryPages: plain(registryEn),
  storagePages: storageEn,
  systemPages: systemEn,
  trashPages: trashEn,
});

describe("English", () => {
  it.each(english)("%s uses what it is told", (_, message) => {
    const arity = isFunction(message) ? message.length : 0;
    const unused = Array.from({ length: arity }, (_, place) => place).filter(
      (place) => !uses(message, arity, place),
    );
    expect(unused).toEqual([]);
  });
});

describe.each(Object.entries(TRANSLATIONS))("%s", (_, catalogue) => {
  const translated = new Map(flatten(catalogue));

  it("has every message and no other", () => {
    expect([...translated.keys()].toSorted()).toEqual(english.map(([path]) => path).toSorted());
  });

  it.each(english)("%s is translated", (path, message) => {
    const translation = translated.get(path);
    expect(isFunction(translation)).toBe(isFunction(message));
    const arity = isFunction(message) ? message.length : 0;
    // A shorter one would leave out what it is told.
    if (isFunction(translation)) expect(translation.length).toBe(arity);
    if (translation === undefined) return;
    const words = wordsOf(message, arity);
    expect(wordsOf(translation, arity)).not.toBeNull();
    if (!SAME.has(path) && words !== null && !WORDLESS.test(words)) {
      expect(wordsOf(translation, arity)).not.toBe(words);
    }
    for (let place = 0; place < arity; place++) {
      expect(uses(translation, arity, place)).toBe(true);
    }
  });
});

describe("areas", () => {
  const folder = fileURLToPath(new URL("../src/lib/messages", import.meta.url));
  const areas = (language: string) =>
    readdirSync(`${folder}/${language}`)
      .map((file) => basename(file, ".ts"))
      .filter((area) => area !== "plural");

  it.each(["ko", "zh"])("%s has a file for each of English", (language) => {
    expect(areas(language).toSorted()).toEqual(areas("en").toSorted());
  });

  it.each(
    ["en", "ko", "zh"].flatMap((language) => areas(language).map((area) => [language, area])),
  )("%s/%s is part of the catalogue", async (language, area) => {
    const catalogue: object = { en, ko, zh }[language] ?? {};
    const exported: object = await import(`../src/lib/messages/${language}/${area}.ts`);
    const known = new Set<unknown>(Object.values(catalogue));
    const missing = Object.entries(exported).filter(([, words]) => !known.has(words));
    expect(missing.map(([name]) => name)).toEqual([]);
  });
});
