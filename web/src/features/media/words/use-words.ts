import { type Language, useLanguage } from "@/lib/language";
import { en, type Words } from "./en";
import { ko } from "./ko";
import { zh } from "./zh";

const WORDS: Readonly<Record<Language, Words>> = { en, ko, zh };

/** Those of the interface's language. They come with the page: the core is not to grow by them. */
export function useWords(): Words {
  return WORDS[useLanguage()];
}
