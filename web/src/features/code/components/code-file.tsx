import type { ReactNode } from "react";
import { type RunRef, useClient } from "@/api/client";
import type { RunFile } from "@/api/files";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { CodeView } from "@/ui/code/code-view";
import { Icon } from "@/ui/icons";
import { useText } from "../queries";
import styles from "./code-browser.module.css";

interface CodeFileProps {
  project: RunRef;
  file: RunFile;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** One saved source file. */
export function CodeFile({ project, file, renderError }: CodeFileProps) {
  const m = useMessages();
  const { data, error, refetch } = useText(project, file);
  const name = file.name.replace(/^code\//, "");
  return (
    <article className={styles.file} aria-label={name}>
      <header className={styles.head}>
        <h2 className={styles.path} title={file.name} dir="auto">
          {name}
        </h2>
        <span className={styles.size}>{formatBytes(file.size_bytes)}</span>
        <DownloadLink project={project} file={file} />
      </header>
      {error ? (
        renderError(error, () => void refetch())
      ) : (
        <div className={styles.text}>
          {data && data.shownBytes < data.sizeBytes && (
            <p className={styles.cut}>
              {m.code.cutPatch(formatBytes(data.shownBytes), formatBytes(data.sizeBytes))}
            </p>
          )}
          <div className={styles.code}>
            {data && <CodeView path={file.name} text={data.text} />}
          </div>
        </div>
      )}
    </article>
  );
}

export function DownloadLink({ project, file }: { project: RunRef; file: RunFile }) {
  const m = useMessages();
  const client = useClient();
  return (
    <a
      className={styles.download}
      href={client.fileUrl(project, file.name, "save")}
      download
      title={m.code.download}
      aria-label={m.code.download}
    >
      <Icon name="download" />
    </a>
  );
}
