/** All registries that the person may see, and a search through what is in them. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";
import type { Registry } from "@/api/registry";
import { useShortcuts } from "@/lib/keyboard";
import { usePaletteActions } from "@/lib/palette-actions";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import { Skeleton } from "@/ui/skeleton";
import { byOrganization, linkSnippet } from "../model";
import { useFoundCollections, useRegistries } from "../queries";
import { useWords } from "../words/use-words";
import { CollectionsTable } from "./collections-table";
import { NewRegistryDialog } from "./new-registry-dialog";
import styles from "./registry.module.css";

interface RegistryHomeProps {
  search: string;
  onSearch: (text: string) => void;
  onCreated: (registry: Registry) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function RegistryHome({ search, onSearch, onCreated, renderError }: RegistryHomeProps) {
  const w = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [isCreating, setCreating] = useState(false);
  const { data, error, refetch } = useRegistries();
  const homes = data?.organizations.filter((one) => one.can_create) ?? [];
  const canCreate = homes.length > 0;
  const create = () => canCreate && setCreating(true);
  useShortcuts(
    {
      "/": { does: w.search, run: () => field.current?.focus() },
      ...(canCreate && { n: { does: w.create, run: create } }),
    },
    { heading: w.title },
  );
  usePaletteActions(
    canCreate ? [{ id: "new-registry", label: w.create, shortcut: "n", run: create }] : [],
  );
  if (error && !data) return renderError(error, () => void refetch());
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{w.title}</h1>
        <div className={styles.search}>
          <SearchField
            ref={field}
            label={w.search}
            value={search}
            onChange={onSearch}
            shortcut="/"
          />
        </div>
        {canCreate && (
          <Button isPrimary onClick={create}>
            {w.create}
          </Button>
        )}
      </header>
      <p className={styles.about}>{w.about}</p>
      {search.trim() === "" ? (
        <Registries registries={data?.registries} isInNone={data?.organizations.length === 0} />
      ) : (
        <Found search={search.trim()} renderError={renderError} />
      )}
      {isCreating && (
        <NewRegistryDialog
          organizations={homes.map((one) => one.organization)}
          onClose={() => setCreating(false)}
          onCreated={onCreated}
        />
      )}
    </div>
  );
}

interface RegistriesProps {
  /** undefined while they load. */
  registries: readonly Registry[] | undefined;
  isInNone: boolean;
}

function Registries({ registries, isInNone }: RegistriesProps) {
  const w = useWords();
  if (registries === undefined) {
    return (
      <ul className={styles.cards} aria-busy="true">
        {[120, 160, 96].map((width) => (
          <li key={width} className={styles.card}>
            <Skeleton width={width} />
          </li>
        ))}
      </ul>
    );
  }
  if (registries.length === 0) {
    return isInNone ? (
      <Notice title={w.noOrganization}>{w.noOrganizationHint}</Notice>
    ) : (
      <Notice title={w.empty}>
        {w.emptyHint}
        <div className={styles.snippet}>
          <CodeBlock code={linkSnippet("model")} />
        </div>
      </Notice>
    );
  }
  const groups = byOrganization(registries);
  return groups.map(([organization, group]) => (
    <section key={organization} aria-label={organization}>
      {groups.length > 1 && <h2 className={styles.organization}>{organization}</h2>}
      <ul className={styles.cards}>
        {group.map((registry) => (
          <Card key={registry.name} registry={registry} />
        ))}
      </ul>
    </section>
  ));
}

function Card({ registry }: { registry: Registry }) {
  const w = useWords();
  const { organization, name } = registry;
  return (
    <li className={styles.card}>
      <div className={styles.cardHead}>
        <Link
          to="/registry/$organization/$registry"
          params={{ organization, registry: name }}
          className={styles.cardName}
          title={name}
        >
          <bdi>{name}</bdi>
        </Link>
        {registry.visibility === "restricted" && (
          <span className={styles.muted} title={w.visible.restricted}>
            <Icon name="lock" size={14} />
            <span className="visually-hidden">{w.visible.restricted}</span>
          </span>
        )}
      </div>
      <p className={styles.cardSaid} dir="auto">
        {registry.description}
      </p>
      <p className={styles.cardFacts}>
        <span>{w.numCollections(registry.num_collections)}</span>
        <span>{w.numVersions(registry.num_versions)}</span>
        <span>{registry.allows_any_type ? w.anyType : registry.types.join(", ")}</span>
        <span>{w.roles[registry.role]}</span>
      </p>
    </li>
  );
}

interface FoundProps {
  search: string;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

function Found({ search, renderError }: FoundProps) {
  const w = useWords();
  const { data, error, refetch } = useFoundCollections(search);
  if (error && !data) return renderError(error, () => void refetch());
  if (data?.length === 0) return <Notice title={w.found(search)}>{w.noneFound}</Notice>;
  return <CollectionsTable collections={data} hasRegistry />;
}
