/** What a project's runs and artifacts cost, and what deleting some of them would free. */
import { type ReactNode, useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { ProjectStorage, StoredCollection, StoredRun } from "@/api/storage";
import { classNames } from "@/lib/class-names";
import { formatInteger } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Notice } from "@/ui/notice";
import { Tag } from "@/ui/tag";
import { FreeBar } from "./free-bar";
import { KindBar, KindSums } from "./kind-bar";
import {
  bytesOf,
  bytesOfProject,
  countOf,
  NOTHING,
  type Selection,
  toggled,
  totalOf,
} from "./model";
import { ProjectRetentionView } from "./project-retention";
import { useProjectStorage } from "./queries";
import { RetentionDialog } from "./retention-button";
import styles from "./storage.module.css";
import { StorageSkeleton } from "./storage-skeleton";
import { useWords } from "./words/use-words";

interface ProjectStorageViewProps {
  project: ProjectRef;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ProjectStorageView({ project, renderError }: ProjectStorageViewProps) {
  const m = useMessages();
  const w = useWords();
  const { data, error, refetch } = useProjectStorage(project);
  const [selection, setSelection] = useState(NOTHING);
  if (error && !data) return renderError(error, () => void refetch());
  const isEmpty = data?.runs.length === 0 && data.collections.length === 0;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{w.storage.title}</h1>
        {data && (
          <span className={styles.count}>
            {m.runs.count(data.num_runs + data.num_trashed)} ·{" "}
            {w.storage.numVersions(data.artifacts.num_versions)}
          </span>
        )}
      </header>
      {!data && <StorageSkeleton />}
      {isEmpty && <Notice title={w.storage.nothing}>{w.storage.nothingHint}</Notice>}
      {data && !isEmpty && (
        <Stored project={project} storage={data} selection={selection} onSelect={setSelection} />
      )}
      {data && <ProjectRetentionView project={project} storage={data} />}
      {countOf(selection) > 0 && (
        <FreeBar project={project} selection={selection} onClear={() => setSelection(NOTHING)} />
      )}
    </div>
  );
}

interface StoredProps {
  project: ProjectRef;
  storage: ProjectStorage;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

function Stored({ project, storage, selection, onSelect }: StoredProps) {
  const w = useWords();
  const toggle = (what: keyof Selection, name: string, isOn: boolean) =>
    onSelect(toggled(selection, what, name, isOn));
  const toggleAll = (what: keyof Selection, names: readonly string[], isOn: boolean) =>
    onSelect({ ...selection, [what]: new Set(isOn ? names : []) });
  return (
    <>
      <KindSums bytes={bytesOfProject(storage)} />
      <p className={styles.hint}>{w.storage.choose}</p>
      {storage.collections.length > 0 && (
        <Collections
          project={project}
          collections={storage.collections}
          chosen={selection.collections}
          onToggle={(name, isOn) => toggle("collections", name, isOn)}
          onToggleAll={(names, isOn) => toggleAll("collections", names, isOn)}
        />
      )}
      {storage.runs.length > 0 && (
        <Runs
          runs={storage.runs}
          chosen={selection.runs}
          onToggle={(id, isOn) => toggle("runs", id, isOn)}
          onToggleAll={(ids, isOn) => toggleAll("runs", ids, isOn)}
        />
      )}
      {storage.num_others > 0 && (
        <p className={styles.hint}>{w.storage.smaller(storage.num_others)}</p>
      )}
    </>
  );
}

interface Choosing {
  chosen: ReadonlySet<string>;
  onToggle: (name: string, isOn: boolean) => void;
  onToggleAll: (names: readonly string[], isOn: boolean) => void;
}

function All({ names, chosen, label, onToggleAll }: ChoiceOfAll) {
  return (
    <Checkbox
      label={label}
      isLabelHidden
      checked={names.length > 0 && chosen.size === names.length}
      isIndeterminate={chosen.size > 0 && chosen.size < names.length}
      onChange={(isOn) => onToggleAll(names, isOn)}
    />
  );
}

interface ChoiceOfAll extends Omit<Choosing, "onToggle"> {
  names: readonly string[];
  label: string;
}

interface CollectionsProps extends Choosing {
  project: ProjectRef;
  collections: readonly StoredCollection[];
}

function Collections(props: CollectionsProps) {
  const { project, collections, chosen, onToggle, onToggleAll } = props;
  const w = useWords();
  const [asked, setAsked] = useState<string | null>(null);
  const names = collections.map(({ name }) => name);
  return (
    <section aria-labelledby="stored-artifacts">
      <h2 id="stored-artifacts" className={styles.section}>
        {w.storage.artifacts}
      </h2>
      <div className={styles.scroller}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th className={styles.check}>
                <All {...{ names, chosen, onToggleAll }} label={w.storage.chooseAllArtifacts} />
              </th>
              <th>{w.storage.name}</th>
              <th className={styles.type}>{w.storage.type}</th>
              <th className={styles.number}>{w.storage.versions}</th>
              <th
                className={classNames(styles.number, styles.logical)}
                title={w.storage.logicalHint}
              >
                {w.storage.logical}
              </th>
              <th className={classNames(styles.number, styles.stored)} title={w.storage.storedHint}>
                {w.storage.stored}
              </th>
              <th className={styles.number} title={w.storage.uniqueHint}>
                {w.storage.unique}
              </th>
              <th>
                <span className="visually-hidden">{w.retention.title}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {collections.map(({ name, type, sizes }) => (
              <tr key={name} data-chosen={chosen.has(name)}>
                <td className={styles.check}>
                  <Checkbox
                    label={w.storage.chooseName(name)}
                    isLabelHidden
                    checked={chosen.has(name)}
                    onChange={(isOn) => onToggle(name, isOn)}
                  />
                </td>
                <th scope="row" className={styles.name} title={name}>
                  <bdi>{name}</bdi>
                </th>
                <td className={styles.type}>
                  <Tag>{type}</Tag>
                </td>
                <td className={styles.number}>{formatInteger(sizes.num_versions)}</td>
                <td className={classNames(styles.number, styles.logical)}>
                  {formatBytes(sizes.logical_bytes)}
                </td>
                <td className={classNames(styles.number, styles.stored)}>
                  {formatBytes(sizes.stored_bytes)}
                </td>
                <td className={styles.number}>{formatBytes(sizes.unique_bytes)}</td>
                <td className={styles.number}>
                  <Button
                    aria-label={`${w.retention.title}: ${name}`}
                    className={styles.small}
                    onClick={() => setAsked(name)}
                  >
                    {w.retention.title}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked !== null && (
        <RetentionDialog
          collection={{ ...project, collection: asked }}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function Runs(props: Choosing & { runs: readonly StoredRun[] }) {
  const { runs, chosen, onToggle, onToggleAll } = props;
  const w = useWords();
  const names = runs.filter((run) => !run.in_trash).map(({ id }) => id);
  const max = Math.max(...runs.map((run) => run.sizes.total));
  return (
    <section aria-labelledby="stored-runs">
      <h2 id="stored-runs" className={styles.section}>
        {w.storage.runs}
      </h2>
      <div className={styles.scroller}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th className={styles.check}>
                <All {...{ names, chosen, onToggleAll }} label={w.storage.chooseAllRuns} />
              </th>
              <th>{w.storage.name}</th>
              <th className={styles.number}>{w.storage.size}</th>
              <th className={styles.wide}>{w.storage.byKind}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => {
              const bytes = bytesOf(run.sizes);
              const name = run.name || run.id;
              return (
                <tr key={run.id} data-chosen={chosen.has(run.id)}>
                  <td className={styles.check}>
                    {!run.in_trash && (
                      <Checkbox
                        label={w.storage.chooseName(name)}
                        isLabelHidden
                        checked={chosen.has(run.id)}
                        onChange={(isOn) => onToggle(run.id, isOn)}
                      />
                    )}
                  </td>
                  <th scope="row" className={styles.name} title={name}>
                    <bdi>{name}</bdi>
                    {run.in_trash && <span className={styles.detail}>{w.storage.inTrash}</span>}
                  </th>
                  <td className={styles.number}>{formatBytes(totalOf(bytes))}</td>
                  <td className={styles.wide}>
                    <KindBar bytes={bytes} max={max} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
