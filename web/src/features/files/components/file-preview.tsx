/** One file: what it is, what can be done with it, and what is in it. */
import { type ReactNode, useState } from "react";
import { useClient } from "@/api/client";
import type { RunFile } from "@/api/files";
import { isNotFound } from "@/api/problem";
import type { FileOwner } from "@/api/transport";
import { copyText } from "@/lib/copy-text";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button, IconButton } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Dialog } from "@/ui/dialog";
import { Icon } from "@/ui/icons";
import { Menu } from "@/ui/menu";
import { Notice } from "@/ui/notice";
import { Segmented } from "@/ui/segmented";
import { TimeAgo } from "@/ui/time-ago";
import { useToast } from "@/ui/toast";
import { type View, viewsOf } from "../preview";
import { useRefreshFiles } from "../queries";
import { FileContent } from "./file-content";
import styles from "./file-preview.module.css";

export interface FilePreviewProps {
  project: FileOwner;
  path: string;
  /** undefined: the run has no such file. */
  file: RunFile | undefined;
  view: string | undefined;
  onView: (view: View) => void;
  onGone: () => void;
  renderTable: (path: string) => ReactNode;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function FilePreview(props: FilePreviewProps) {
  const { project, path, file, onView } = props;
  const m = useMessages();
  const client = useClient();
  const [isWrapped, setIsWrapped] = useState(false);
  if (!file) return <Notice title={m.files.missing}>{m.files.missingHint}</Notice>;
  const views = file.reference ? [] : viewsOf(file);
  const view = views.find((each) => each === props.view) ?? views[0] ?? "text";
  const names: Record<View, string> = {
    text: views.includes("page") ? m.files.asSource : m.files.asText,
    diff: m.files.asDiff,
    tree: m.files.asTree,
    table: m.files.asTable,
    page: m.files.asPage,
    plotly: m.media.kinds.plotly,
    image: m.media.kinds.image,
    sound: m.media.kinds.audio,
    film: m.media.kinds.video,
  };
  return (
    <article className={styles.preview} aria-label={path}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h2 className={styles.path} title={path} dir="auto">
            {path}
          </h2>
          <p className={styles.facts}>
            <span>{formatBytes(file.size_bytes)}</span>
            {file.updated_at !== "" && <TimeAgo at={file.updated_at} />}
          </p>
        </div>
        <div className={styles.actions}>
          {views.length > 1 && (
            <Segmented
              label={m.files.view}
              options={views.map((value) => ({ value, label: names[value] }))}
              value={view}
              onChange={onView}
            />
          )}
          {view === "text" && !file.reference && (
            <IconButton
              icon="wrap"
              label={m.files.wrap}
              aria-pressed={isWrapped}
              onClick={() => setIsWrapped(!isWrapped)}
            />
          )}
          {!file.reference && (
            <a
              className={styles.download}
              href={client.fileUrl(project, path, "save")}
              download
              title={m.files.download}
              aria-label={m.files.download}
            >
              <Icon name="download" />
            </a>
          )}
          <FileMenu project={project} file={file} onGone={props.onGone} />
        </div>
      </header>
      <div className={styles.content}>
        {file.reference ? (
          <Notice title={m.files.reference}>
            {m.files.referenceHint}
            <CodeBlock code={file.reference} />
          </Notice>
        ) : (
          <FileContent
            project={project}
            file={file}
            view={view}
            isWrapped={isWrapped}
            renderTable={props.renderTable}
            renderError={props.renderError}
          />
        )}
      </div>
    </article>
  );
}

interface FileMenuProps {
  project: FileOwner;
  file: RunFile;
  onGone: () => void;
}

function FileMenu({ project, file, onGone }: FileMenuProps) {
  const m = useMessages();
  const client = useClient();
  const toast = useToast();
  const refresh = useRefreshFiles(project);
  const [isAsking, setIsAsking] = useState(false);
  const copy = (text: string) =>
    void copyText(text).then((isDone) => isDone && toast({ title: m.files.copied, detail: text }));
  const run = "run" in project ? project : null;
  const remove = async () => {
    setIsAsking(false);
    if (run === null) return;
    try {
      await client.deleteFile(run, file.name);
      toast({ title: m.files.removed(file.name) });
      onGone();
    } catch (error) {
      const detail = error instanceof Error ? error.message : undefined;
      if (isNotFound(error)) onGone();
      else toast({ kind: "error", title: m.files.notRemoved, detail });
    }
    refresh();
  };
  return (
    <>
      <Menu
        label={m.files.more}
        align="end"
        trigger={<IconButton icon="more" label={m.files.more} />}
        items={[
          { label: m.files.copyPath, icon: "copy", onSelect: () => copy(file.name) },
          { label: m.files.copyLink, icon: "link", onSelect: () => copy(window.location.href) },
          // What is in a version never changes.
          ...(run === null
            ? []
            : [
                "separator" as const,
                {
                  label: m.files.remove,
                  icon: "trash" as const,
                  isDanger: true,
                  onSelect: () => setIsAsking(true),
                },
              ]),
        ]}
      />
      <Dialog
        title={m.files.removeTitle}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        footer={
          <>
            <Button onClick={() => setIsAsking(false)}>{m.files.cancel}</Button>
            <Button isDanger onClick={() => void remove()}>
              {m.files.remove}
            </Button>
          </>
        }
      >
        <p className={styles.asked}>{file.name}</p>
        <p className={styles.hint}>{m.files.removeHint}</p>
      </Dialog>
    </>
  );
}
