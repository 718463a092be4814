import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/lib/language";
import { Logo } from "@/ui/logo";
import styles from "./signin.module.css";

export function SignInFrame({ title, children }: { title: string; children?: ReactNode }) {
  const m = useMessages();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo size={22} />
          <span>{m.app.name}</span>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
      <p className={styles.note}>{m.signIn.privateNote}</p>
      <LanguageChoice />
    </main>
  );
}

/** All in sight: who cannot read the page could not find a menu either. */
function LanguageChoice() {
  const m = useMessages();
  const language = useLanguage();
  return (
    <fieldset className={styles.languages}>
      <legend className="visually-hidden">{m.frame.language}</legend>
      {LANGUAGES.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          lang={value === "zh" ? "zh-Hans" : value}
          aria-pressed={value === language}
          onClick={() => void chooseLanguage(value)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
