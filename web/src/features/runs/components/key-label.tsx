import { useMessages } from "@/lib/i18n";
import type { Catalogue } from "@/lib/messages/en";
import { pathOf, readKey } from "../run-keys";
import styles from "./key-label.module.css";

/** What a column is called: a field in the person's language, a key as it was logged. */
export function keyLabel(key: string, { runs: m }: Catalogue): string {
  const { source, path } = readKey(key);
  if (source !== "run") return pathOf(key);
  const names: Readonly<Record<string, string>> = m.fields;
  return names[path] ?? path;
}

/** The same with where it is from. */
export function KeyLabel({ name }: { name: string }) {
  const m = useMessages();
  const { source } = readKey(name);
  return (
    <>
      <span className={styles.path} dir="auto">
        {keyLabel(name, m)}
      </span>
      {source !== "run" && <span className={styles.source}>{m.runs.sources[source]}</span>}
    </>
  );
}
