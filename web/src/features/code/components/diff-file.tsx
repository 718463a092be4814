import { type ReactNode, useMemo } from "react";
import type { RunRef } from "@/api/client";
import type { RunFile } from "@/api/files";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Notice } from "@/ui/notice";
import { readPatch } from "@/ui/patch/model";
import { PatchView } from "@/ui/patch/patch-view";
import { useText } from "../queries";
import styles from "./code-browser.module.css";
import { DownloadLink } from "./code-file";

interface DiffFileProps {
  project: RunRef;
  file: RunFile;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** What was changed and not committed when the run began. */
export function DiffFile({ project, file, renderError }: DiffFileProps) {
  const m = useMessages();
  const { data, error, refetch } = useText(project, file);
  const files = useMemo(() => data && readPatch(data.text), [data]);
  if (error) return renderError(error, () => void refetch());
  if (!data || !files) return null;
  if (files.length === 0) return <Notice title={m.code.clean}>{m.code.cleanHint}</Notice>;
  return (
    <div className={styles.text}>
      {data.shownBytes < data.sizeBytes && (
        <p className={styles.cut}>
          {m.code.cutPatch(formatBytes(data.shownBytes), formatBytes(data.sizeBytes))}
        </p>
      )}
      <div className={styles.code}>
        <PatchView
          label={m.code.changesTitle}
          files={files}
          actions={<DownloadLink project={project} file={file} />}
        />
      </div>
    </div>
  );
}
