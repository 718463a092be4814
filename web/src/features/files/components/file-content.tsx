/** What is in a file, shown in one of its ways. */
import { type ReactNode, useMemo, useState } from "react";
import { useClient } from "@/api/client";
import type { RunFile } from "@/api/files";
import type { FileOwner } from "@/api/transport";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { CodeView } from "@/ui/code/code-view";
import { ImageView } from "@/ui/image/image-view";
import { JsonTree } from "@/ui/json-tree/json-tree";
import { Notice } from "@/ui/notice";
import { readPatch } from "@/ui/patch/model";
import { PatchView } from "@/ui/patch/patch-view";
import { PlotlyView } from "@/ui/plotly/plotly-view";
import { SandboxedFrame } from "@/ui/sandboxed-frame";
import { Skeleton } from "@/ui/skeleton";
import { MAX_TEXT, MAX_TREE, readJson, readText, type View } from "../preview";
import { useFileStart } from "../queries";
import styles from "./file-preview.module.css";

export interface FileContentProps {
  project: FileOwner;
  file: RunFile;
  view: View;
  isWrapped: boolean;
  renderTable: (path: string) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function FileContent(props: FileContentProps) {
  const { project, file, view } = props;
  const m = useMessages();
  const client = useClient();
  const shown = client.fileUrl(project, file.name, "show", file.md5);
  switch (view) {
    case "image":
      return <ImageView src={shown} alt={file.name} />;
    case "sound":
    case "film":
      return <Player src={shown} name={file.name} isFilm={view === "film"} />;
    case "page":
      return (
        <div className={styles.page}>
          <SandboxedFrame
            title={file.name}
            src={client.fileUrl(project, file.name, "sandbox", file.md5)}
          />
          <p className={styles.note}>{m.files.sandboxed}</p>
        </div>
      );
    case "table":
      return props.renderTable(file.name);
    case "text":
    case "diff":
    case "tree":
    case "plotly":
      return <LoadedContent {...props} />;
  }
}

function LoadedContent({ project, file, view, isWrapped, renderError }: FileContentProps) {
  const m = useMessages();
  const limit = view === "text" || view === "diff" ? MAX_TEXT : MAX_TREE;
  const { data, error, refetch } = useFileStart(project, file, limit);
  const isWhole = data === undefined || data.bytes.length >= data.sizeBytes;
  const text = useMemo(() => data && readText(data.bytes, isWhole), [data, isWhole]);
  const json = useMemo(
    () => (view === "tree" && typeof text === "string" ? readJson(text) : undefined),
    [view, text],
  );
  const patch = useMemo(
    () => (view === "diff" && typeof text === "string" ? readPatch(text) : undefined),
    [view, text],
  );
  if (error && !data) return renderError(error, () => void refetch());
  if (!data || text === undefined) return <ContentSkeleton />;
  if (file.size_bytes === 0) return <Notice title={m.files.emptyFile} />;
  if (text === null) return <Binary file={file} />;
  if (patch && patch.length > 0) return <PatchView label={file.name} files={patch} />;
  if (view === "plotly") return <PlotlyView label={file.name} text={text} />;
  if (json !== undefined) return <JsonTree label={file.name} value={json} />;
  return (
    <div className={styles.text}>
      {view === "tree" && <p className={styles.note}>{m.files.badJson}</p>}
      {!isWhole && (
        <p className={styles.note}>
          {m.files.firstPart(formatBytes(data.bytes.length), formatBytes(data.sizeBytes))}
        </p>
      )}
      <div className={styles.code}>
        <CodeView path={file.name} text={text} isWrapped={isWrapped} />
      </div>
    </div>
  );
}

function Player({ src, name, isFilm }: { src: string; name: string; isFilm: boolean }) {
  const m = useMessages();
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === src) return <Notice title={m.files.badFilm}>{m.files.badFilmHint}</Notice>;
  const common = {
    src,
    controls: true,
    // Its length and its first picture; the rest comes by ranges, as it is played.
    preload: "metadata",
    "aria-label": name,
    onError: () => setFailed(src),
  };
  return (
    <div className={styles.player}>
      {isFilm ? (
        <video className={styles.film} {...common} />
      ) : (
        <audio className={styles.sound} {...common} />
      )}
    </div>
  );
}

function Binary({ file }: { file: RunFile }) {
  const m = useMessages();
  const facts: [string, string][] = [
    [m.files.kind, file.mime_type],
    [m.files.size, formatBytes(file.size_bytes)],
    [m.files.md5, file.md5 ?? m.files.unknown],
  ];
  return (
    <Notice title={m.files.binary}>
      {m.files.binaryHint}
      <dl className={styles.list}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Notice>
  );
}

function ContentSkeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {[320, 280, 400, 240, 360].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
