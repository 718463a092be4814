/**
 * The language of the interface: the person's choice, else the first of the browser's wishes that
 * there is, else English. Other languages than English are chunks of their own; the page is first
 * drawn when the words are there, so that nothing flashes in another language.
 */
import { useSyncExternalStore } from "react";
import { type Catalogue, en } from "./messages/en";

export type Language = "en" | "ko" | "zh";

/** Each named in itself: whoever is looking for theirs may not read the one that is shown. */
export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "ko", label: "한국어" },
  { value: "zh", label: "简体中文" },
  { value: "en", label: "English" },
];

const STORAGE_KEY = "runstone.language";
const TAGS = { en: "en", ko: "ko", zh: "zh-Hans" } satisfies Record<Language, string>;

interface Shown {
  language: Language;
  catalogue: Catalogue;
}

let shown: Shown = { language: "en", catalogue: en };
let wanted: Language = "en";
const listeners = new Set<() => void>();

/** Loads the words for the first picture. Where they do not come, it is in English. */
export async function startLanguage(): Promise<void> {
  await show(pickLanguage(readChoice(), navigator.languages)).catch(() => undefined);
}

/** Takes over at once where the words are there, else when they have come. */
export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  await show(language);
}

/** Which language to speak, given the stored choice and what the browser asks for, best first. */
export function pickLanguage(choice: string | null, wishes: readonly string[]): Language {
  for (const wish of [choice ?? "", ...wishes]) {
    const language = wish.toLowerCase().split("-")[0];
    if (language === "en" || language === "ko" || language === "zh") return language;
  }
  return "en";
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => shown.language);
}

export function useCatalogue(): Catalogue {
  return useSyncExternalStore(subscribe, () => shown.catalogue);
}

async function show(language: Language): Promise<void> {
  wanted = language;
  const catalogue = await loadCatalogue(language);
  // Somebody may have chosen again while this one was on its way.
  if (wanted !== language) return;
  shown = { language, catalogue };
  document.documentElement.lang = TAGS[language];
  for (const listener of listeners) listener();
}

async function loadCatalogue(language: Language): Promise<Catalogue> {
  switch (language) {
    case "en":
      return en;
    case "ko":
      return (await import("./messages/ko")).ko;
    case "zh":
      return (await import("./messages/zh")).zh;
  }
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
