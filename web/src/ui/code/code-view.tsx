/** Text that is read, not written: line numbers, folding, search, colours by language. */
import { lazy, Suspense } from "react";
import { Boundary } from "../boundary";
import type { CodeViewProps } from "./code-mirror";
import styles from "./code-view.module.css";

const CodeMirrorView = lazy(async () => {
  const { CodeMirrorView } = await import("./code-mirror");
  return { default: CodeMirrorView };
});

/** Until the reader has loaded, the first lines stand where they will stand. */
const FIRST = 8_000;

export function CodeView(props: CodeViewProps) {
  const plain = <pre className={styles.plain}>{props.text.slice(0, FIRST)}</pre>;
  // Where it does not load, the text is there to be read all the same.
  const whole = <pre className={styles.plain}>{props.text}</pre>;
  return (
    <Boundary fallback={() => whole}>
      <Suspense fallback={plain}>
        <CodeMirrorView {...props} />
      </Suspense>
    </Boundary>
  );
}
