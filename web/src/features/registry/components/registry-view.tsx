/** One registry: its collections, members, settings, and what happened. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Registry, RegistryRef } from "@/api/registry";
import { CodeBlock } from "@/ui/code-block";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { Tag } from "@/ui/tag";
import { linkSnippet, type RegistryTab } from "../model";
import { useLinkedCollections, useRegistry } from "../queries";
import { useWords } from "../words/use-words";
import { ChangeLog } from "./change-log";
import { CollectionsTable } from "./collections-table";
import { MembersPanel } from "./members-panel";
import styles from "./registry.module.css";
import { SettingsPanel } from "./settings-panel";

interface RegistryViewProps {
  registryRef: RegistryRef;
  tab: RegistryTab;
  search: string;
  onTab: (tab: RegistryTab) => void;
  onSearch: (text: string) => void;
  onRenamed: (name: string) => void;
  onDeleted: () => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function RegistryView(props: RegistryViewProps) {
  const { registryRef, tab, renderError } = props;
  const w = useWords();
  const { data: registry, error, refetch } = useRegistry(registryRef);
  if (error && !registry) return renderError(error, () => void refetch());
  return (
    <div className={styles.page}>
      <Head registryRef={registryRef} registry={registry} />
      {registry && (
        <Tabs tab={tab} registry={registry} onTab={props.onTab}>
          {tab === "collections" && registry.num_collections > 0 && (
            <SearchField label={w.search} value={props.search} onChange={props.onSearch} />
          )}
        </Tabs>
      )}
      {tab === "collections" && <Collections {...props} registry={registry} />}
      {registry && tab === "members" && (
        <MembersPanel registry={registry} renderError={renderError} />
      )}
      {registry && tab === "settings" && (
        <SettingsPanel
          // Fields begin with what is there now.
          key={registry.updated_at}
          registry={registry}
          onRenamed={props.onRenamed}
          onDeleted={props.onDeleted}
        />
      )}
      {tab === "changes" && <ChangeLog registryRef={registryRef} renderError={renderError} />}
    </div>
  );
}

interface HeadProps {
  registryRef: RegistryRef;
  registry: Registry | undefined;
}

function Head({ registryRef, registry }: HeadProps) {
  const w = useWords();
  return (
    <>
      <nav className={styles.crumbs} aria-label={w.title}>
        <Link to="/registry">{w.title}</Link>
        <span aria-hidden="true">/</span>
        <span>{registryRef.organization}</span>
      </nav>
      <header className={styles.header}>
        <h1 className={styles.title} title={registryRef.registry}>
          <bdi>{registryRef.registry}</bdi>
        </h1>
        {registry?.visibility === "restricted" && (
          <span className={styles.muted} title={w.visible.restricted}>
            <Icon name="lock" />
            <span className="visually-hidden">{w.visible.restricted}</span>
          </span>
        )}
        {registry?.allows_any_type === false &&
          registry.types.map((type) => <Tag key={type}>{type}</Tag>)}
        <span className={styles.tools}>
          {registry && (
            <span className={styles.muted} title={w.roleHint[registry.role]}>
              {w.role}: {w.roles[registry.role]}
            </span>
          )}
        </span>
      </header>
      <p className={styles.about} dir="auto">
        {registry ? registry.description : <Skeleton width={240} />}
      </p>
    </>
  );
}

interface TabsProps {
  tab: RegistryTab;
  registry: Registry;
  onTab: (tab: RegistryTab) => void;
  /** What narrows down what is shown. */
  children: ReactNode;
}

function Tabs({ tab, registry, onTab, children }: TabsProps) {
  const w = useWords();
  const tabs: { value: RegistryTab; label: string }[] = [
    { value: "collections", label: w.collections },
    { value: "members", label: w.members },
    ...(registry.role === "admin" ? [{ value: "settings" as const, label: w.settings }] : []),
    { value: "changes", label: w.changes },
  ];
  return (
    <div className={styles.tabs}>
      <Segmented label={w.views} value={tab} options={tabs} onChange={onTab} />
      {children && <div className={styles.filter}>{children}</div>}
    </div>
  );
}

function Collections(props: RegistryViewProps & { registry: Registry | undefined }) {
  const { registryRef, search, renderError } = props;
  const w = useWords();
  const { data, error, refetch } = useLinkedCollections(registryRef);
  if (error && !data) return renderError(error, () => void refetch());
  if (data?.length === 0) {
    return (
      <Notice title={w.noCollections}>
        {w.noCollectionsHint}
        <div className={styles.snippet}>
          <CodeBlock code={linkSnippet(registryRef.registry)} />
        </div>
      </Notice>
    );
  }
  const wanted = search.trim().toLowerCase();
  const found = data?.filter((one) =>
    [one.name, one.type, one.description, ...one.tags, ...one.aliases.map(({ name }) => name)].some(
      (text) => text.toLowerCase().includes(wanted),
    ),
  );
  if (found?.length === 0) return <Notice title={w.found(search)}>{w.noneFound}</Notice>;
  return <CollectionsTable collections={found} />;
}
