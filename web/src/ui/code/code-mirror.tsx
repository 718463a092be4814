/** The heavy part of `CodeView`; loaded with the first text that is opened. */
import { useEffect, useEffectEvent, useRef } from "react";
import { useMessages } from "@/lib/i18n";
import styles from "./code-view.module.css";
import { type CodeEditor, createEditor } from "./editor";
import { languageOf, loadLanguage } from "./languages";

export interface CodeViewProps {
  /** What is shown, for screen readers; its ending tells the language. */
  path: string;
  text: string;
  isWrapped?: boolean;
}

export function CodeMirrorView({ path, text, isWrapped = false }: CodeViewProps) {
  const m = useMessages();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const create = useEffectEvent((parent: HTMLElement) => createEditor(parent, path, m.code.editor));

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const created = create(parent);
    editor.current = created;
    return () => {
      editor.current = null;
      created.destroy();
    };
  }, []);

  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setWrap(isWrapped), [isWrapped]);
  useEffect(() => {
    const language = languageOf(path);
    let isCurrent = true;
    if (language === null) editor.current?.setLanguage([]);
    else {
      // Without its grammar a text is still a text.
      void loadLanguage(language)
        .catch(() => [])
        .then((extension) => isCurrent && editor.current?.setLanguage(extension));
    }
    return () => {
      isCurrent = false;
    };
  }, [path]);

  return <div ref={host} className={styles.host} data-testid="code" data-path={path} />;
}
