/** What the run's program was: saved files, uncommitted changes, commit and packages. */
import { type ReactNode, useMemo, useState } from "react";
import type { RunRef } from "@/api/client";
import type { RunEnvironment } from "@/api/environment";
import type { RunFile } from "@/api/files";
import { classNames } from "@/lib/class-names";
import { useMessages } from "@/lib/i18n";
import { NARROW, useMedia } from "@/lib/use-media";
import { CodeBlock, CopyText } from "@/ui/code-block";
import { Drawer } from "@/ui/drawer";
import { FileTree } from "@/ui/file-tree/file-tree";
import { buildTree, foldersAbove, initiallyOpen, treeRows } from "@/ui/file-tree/model";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { SplitPane } from "@/ui/split-pane";
import { useEnvironment } from "../queries";
import styles from "./code-browser.module.css";
import { CodeFile } from "./code-file";
import { DiffFile } from "./diff-file";
import { Packages } from "./packages";

export interface CodeBrowserProps {
  project: RunRef;
  /** A saved file, a diff, or PACKAGES; "" for what says most. */
  path: string;
  onOpen: (path: string) => void;
  search: string;
  onSearch: (text: string) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** No file is called so: their names have no colon at the end of them. */
const PACKAGES = "packages:";
const BY_NAME = { column: "name", isDescending: false } as const;

export function CodeBrowser(props: CodeBrowserProps) {
  const { project, renderError } = props;
  const m = useMessages();
  const isNarrow = useMedia(NARROW);
  const { data, error, refetch } = useEnvironment(project);
  if (error && !data) return renderError(error, () => void refetch());
  if (!data) return <BrowserSkeleton />;
  const hasCode = data.code_files.length > 0 || data.diffs.length > 0;
  if (!hasCode && data.git === null && data.packages.length === 0) return <NoCode />;
  const path = props.path === "" && !isNarrow ? firstPath(data) : props.path;
  const side = <Side {...props} path={path} environment={data} />;
  const shown = <Shown {...props} path={path} environment={data} />;
  if (isNarrow) {
    return (
      <>
        {side}
        <Drawer
          title={path === PACKAGES ? m.code.packages : path}
          isOpen={path !== ""}
          onClose={() => props.onOpen("")}
          width={720}
        >
          <div className={styles.drawer}>{shown}</div>
        </Drawer>
      </>
    );
  }
  return (
    <SplitPane
      name="code"
      label={m.code.resize}
      names={[m.files.title, m.code.title]}
      initialWidth={300}
      left={side}
    >
      {shown}
    </SplitPane>
  );
}

type PartProps = CodeBrowserProps & { environment: RunEnvironment };

function Side({ environment, path, onOpen }: PartProps) {
  const m = useMessages();
  const { git, diffs, packages, code_files } = environment;
  const program = environment.processes[0]?.program;
  return (
    <nav className={styles.side} aria-label={m.code.title}>
      <dl className={styles.facts}>
        {git?.commit && (
          <div>
            <dt>{m.code.commit}</dt>
            <dd>
              <CopyText text={git.commit.slice(0, 12)} label={m.code.copyCommit} />
              {git.branch && <span className={styles.branch}>{git.branch}</span>}
            </dd>
          </div>
        )}
        {git?.remote && (
          <div>
            <dt>{m.code.remote}</dt>
            <dd className={styles.remote} title={git.remote}>
              <Remote address={git.remote} />
            </dd>
          </div>
        )}
        {program && (
          <div>
            <dt>{m.code.program}</dt>
            <dd className={styles.remote} title={program}>
              <code>{program}</code>
            </dd>
          </div>
        )}
      </dl>
      {!git && <p className={styles.noCommit}>{m.code.noCommit}</p>}
      <ul className={styles.entries}>
        {diffs.map((diff) => (
          <Entry
            key={diff.name}
            icon="code"
            name={diffs.length === 1 ? m.code.changesTitle : diff.name}
            isOn={path === diff.name}
            onOpen={() => onOpen(diff.name)}
          />
        ))}
        {packages.length > 0 && (
          <Entry
            icon="columns"
            name={m.code.packages}
            isOn={path === PACKAGES}
            onOpen={() => onOpen(PACKAGES)}
          />
        )}
      </ul>
      {code_files.length > 0 && <SavedCode files={code_files} path={path} onOpen={onOpen} />}
      {code_files.length === 0 && diffs.length === 0 && (
        <div className={styles.hint}>
          <p className={styles.note}>{m.code.emptyHint}</p>
          <CodeBlock code="wandb.init(save_code=True)" />
        </div>
      )}
    </nav>
  );
}

function Entry({
  icon,
  name,
  isOn,
  onOpen,
}: {
  icon: "code" | "columns";
  name: string;
  isOn: boolean;
  onOpen: () => void;
}) {
  return (
    <li>
      <button
        type="button"
        className={classNames(styles.entry, isOn && styles.on)}
        aria-current={isOn}
        onClick={onOpen}
      >
        <Icon name={icon} size={14} />
        <span dir="auto">{name}</span>
      </button>
    </li>
  );
}

function SavedCode({
  files,
  path,
  onOpen,
}: {
  files: readonly RunFile[];
  path: string;
  onOpen: (path: string) => void;
}) {
  const m = useMessages();
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  // All of them are below `code/`; a folder that holds everything says nothing.
  const root = useMemo(
    () => buildTree(files.map((file) => ({ ...file, name: withoutFolder(file.name) }))),
    [files],
  );
  const selected = path.startsWith(FOLDER) ? withoutFolder(path) : null;
  const rows = useMemo(() => {
    const open = initiallyOpen(root);
    for (const folder of foldersAbove(selected ?? "")) open.add(folder);
    for (const folder of toggled) if (!open.delete(folder)) open.add(folder);
    return treeRows(root, open, "", BY_NAME);
  }, [root, selected, toggled]);
  return (
    <>
      <h2 className={styles.heading}>{m.code.saved}</h2>
      <div className={styles.tree}>
        <FileTree
          label={m.code.saved}
          rows={rows}
          selected={selected}
          onOpen={(name) => onOpen(FOLDER + name)}
          onToggle={(folder) => {
            const next = new Set(toggled);
            if (!next.delete(folder)) next.add(folder);
            setToggled(next);
          }}
        />
      </div>
    </>
  );
}

const FOLDER = "code/";

function withoutFolder(name: string): string {
  return name.startsWith(FOLDER) ? name.slice(FOLDER.length) : name;
}

function Shown({ project, path, environment, search, onSearch, renderError }: PartProps) {
  const m = useMessages();
  if (path === PACKAGES) {
    return <Packages packages={environment.packages} search={search} onSearch={onSearch} />;
  }
  const diff = environment.diffs.find(({ name }) => name === path);
  if (diff) return <DiffFile key={path} project={project} file={diff} renderError={renderError} />;
  const file = environment.code_files.find(({ name }) => name === path);
  if (file) return <CodeFile key={path} project={project} file={file} renderError={renderError} />;
  if (path === "") return <Notice title={m.code.choose} />;
  return <Notice title={m.files.missing}>{m.files.missingHint}</Notice>;
}

/** The program itself, else the changes, else any file, else the packages. */
function firstPath({ diffs, code_files, processes, packages }: RunEnvironment): string {
  const program = processes[0]?.code_path ?? processes[0]?.program;
  const main = program
    ? code_files.find(({ name }) => program.endsWith(withoutFolder(name)))
    : undefined;
  const found = diffs[0] ?? main ?? code_files[0];
  return found?.name ?? (packages.length > 0 ? PACKAGES : "");
}

/** A link where it is one that a browser can follow. */
function Remote({ address }: { address: string }) {
  const page = /^git@([^:]+):(.+?)(?:\.git)?$/.exec(address);
  const href = page ? `https://${page[1]}/${page[2]}` : address.replace(/\.git$/, "");
  const text = address.replace(/^https?:\/\//, "").replace(/\.git$/, "");
  return /^https?:\/\//.test(href) ? (
    <a href={href} target="_blank" rel="noreferrer">
      {text}
    </a>
  ) : (
    <span>{text}</span>
  );
}

function NoCode() {
  const m = useMessages();
  return (
    <Notice title={m.code.empty} action={<CodeBlock code="wandb.init(save_code=True)" />}>
      {m.code.emptyHint}
    </Notice>
  );
}

function BrowserSkeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {[220, 160, 190, 140].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
