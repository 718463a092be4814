/** What is kept in a project: how long versions live, rules, and what those have deleted. */
import { useState } from "react";
import type { ProjectRef } from "@/api/client";
import type { ProjectRetention, ProjectStorage, RetentionRule, RulePlace } from "@/api/storage";
import { formatBytes } from "@/lib/format-bytes";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/select";
import { TextField } from "@/ui/text-field";
import { TimeAgo } from "@/ui/time-ago";
import { daysText, readDays } from "./model";
import { useDeletions, useProjectRetention, useSetTtl } from "./queries";
import { RuleEditor } from "./rule-editor";
import styles from "./storage.module.css";
import { useWords } from "./words/use-words";

interface ProjectRetentionViewProps {
  project: ProjectRef;
  storage: ProjectStorage;
}

export function ProjectRetentionView({ project, storage }: ProjectRetentionViewProps) {
  const w = useWords();
  const { data } = useProjectRetention(project);
  const [editing, setEditing] = useState<RetentionRule | "new" | null>(null);
  const types = [...new Set(storage.collections.map(({ type }) => type))].sort();
  return (
    <section aria-labelledby="retention">
      <h2 id="retention" className={styles.section}>
        {w.retention.title}
        <Button className={styles.add} onClick={() => setEditing("new")}>
          {w.retention.add}
        </Button>
      </h2>
      {data && <DefaultTtl key={data.default_ttl_s} project={project} retention={data} />}
      {data?.rules.length === 0 && <p className={styles.hint}>{w.retention.noRules}</p>}
      {data && data.rules.length > 0 && <Rules rules={data.rules} onEdit={setEditing} />}
      <Deletions project={project} />
      {editing !== null && (
        <RuleDialog
          project={project}
          rule={editing === "new" ? null : editing}
          types={types}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}

function Rules(props: { rules: readonly RetentionRule[]; onEdit: (rule: RetentionRule) => void }) {
  const w = useWords();
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{w.retention.scope}</th>
            <th>{w.retention.rule}</th>
            <th>{w.retention.state}</th>
            <th>{w.retention.setBy}</th>
            <th>
              <span className="visually-hidden">{w.retention.edit}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.rules.map((rule) => (
            <tr key={rule.id}>
              <th scope="row" className={styles.scope}>
                <bdi>
                  {rule.collection ?? w.retention.scopeOf(rule.type ?? null, rule.name ?? null)}
                </bdi>
              </th>
              <td className={styles.text} title={rule.text}>
                {rule.parts.map((part) => part.text).join(", ")}
              </td>
              <td data-on={rule.is_on} className={styles.state}>
                {rule.is_on ? w.retention.isOn : w.retention.isOff}
              </td>
              <td className={styles.who}>
                {rule.set_by} · <TimeAgo at={rule.updated_at} />
              </td>
              <td className={styles.number}>
                <Button onClick={() => props.onEdit(rule)}>{w.retention.edit}</Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RuleDialogProps {
  project: ProjectRef;
  rule: RetentionRule | null;
  types: readonly string[];
  onClose: () => void;
}

function RuleDialog({ project, rule, types, onClose }: RuleDialogProps) {
  const w = useWords();
  const [type, setType] = useState(rule?.type ?? "");
  const [name, setName] = useState(rule?.name ?? "");
  const ofCollection = rule?.collection ?? null;
  const place: RulePlace =
    ofCollection === null
      ? {
          project,
          scope: { type: type || null, name: name.trim() || null },
          rule: rule?.id ?? null,
        }
      : { collection: { ...project, collection: ofCollection } };
  const options = [
    { value: "", label: w.retention.anyType },
    ...[...new Set([...types, ...(rule?.type ? [rule.type] : [])])].map((one) => ({
      value: one,
      label: one,
    })),
  ];
  return (
    <Dialog
      title={ofCollection === null ? w.retention.ofSeveral : w.retention.titleOf(ofCollection)}
      size="large"
      isOpen
      onClose={onClose}
    >
      {ofCollection === null && (
        <div className={styles.scopeFields}>
          <div>
            <span className={styles.label}>{w.retention.type}</span>
            <Select label={w.retention.type} value={type} options={options} onChange={setType} />
          </div>
          <TextField
            label={w.retention.name}
            value={name}
            placeholder={w.retention.anyName}
            onChange={setName}
          />
        </div>
      )}
      <RuleEditor place={place} rule={rule} onDone={onClose} />
    </Dialog>
  );
}

function DefaultTtl(props: { project: ProjectRef; retention: ProjectRetention }) {
  const w = useWords();
  const { default_ttl_s: own, inherited_ttl_s: inherited } = props.retention;
  const save = useSetTtl(props.project);
  const [mode, setMode] = useState(own === null ? "inherit" : own === 0 ? "forever" : "days");
  const [days, setDays] = useState(own ? daysText(own) : "30");
  const seconds = mode === "inherit" ? null : mode === "forever" ? 0 : readDays(days);
  const isBad = mode === "days" && seconds === null;
  const options = [
    {
      value: "inherit",
      label: inherited ? w.retention.inheritDays(daysText(inherited)) : w.retention.inheritNone,
    },
    { value: "forever", label: w.retention.forever },
    { value: "days", label: w.retention.days },
  ];
  return (
    <form
      className={styles.ttl}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBad) save.mutate(seconds);
      }}
    >
      <span className={styles.label}>{w.retention.ttl}</span>
      <Select label={w.retention.ttl} value={mode} options={options} onChange={setMode} />
      {mode === "days" && (
        <TextField
          label={w.retention.days}
          isLabelHidden
          inputMode="decimal"
          value={days}
          onChange={setDays}
          error={isBad ? w.retention.badDays : undefined}
        />
      )}
      {seconds !== own && (
        <Button type="submit" disabled={isBad || save.isPending}>
          {w.retention.save}
        </Button>
      )}
      <span className={styles.aside}>{w.retention.ttlHint}</span>
      {save.error && (
        <p className={styles.error} role="alert">
          {save.error.message}
        </p>
      )}
    </form>
  );
}

function Deletions({ project }: { project: ProjectRef }) {
  const w = useWords();
  const { data } = useDeletions(project);
  if (!data || data.deletions.length === 0) return null;
  return (
    <details className={styles.log}>
      <summary>{w.retention.log}</summary>
      <ul>
        {data.deletions.map((one) => (
          <li key={one.id}>
            <span className={styles.version}>
              <bdi title={one.collection}>{one.collection}</bdi>:v{one.index}
            </span>
            <span className={styles.why} title={one.why}>
              {one.reason === "rule" ? one.why : w.retention.expired(daysText(Number(one.why)))}
            </span>
            <span className={styles.age}>
              <TimeAgo at={one.deleted_at} />
            </span>
            <span className={styles.bytes}>{formatBytes(one.size_bytes)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
