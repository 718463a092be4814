import { useMemo, useState } from "react";
import type { Package } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { useMessages } from "@/lib/i18n";
import { SearchField } from "@/ui/search-field";
import { Disclosure } from "./disclosure";
import styles from "./overview.module.css";

/** What was installed, folded: it is long and rarely asked for. */
export function Packages({ packages }: { packages: readonly Package[] }) {
  const m = useMessages();
  const [search, setSearch] = useState("");
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return packages.filter(({ name, version }) =>
      `${name}==${version}`.toLowerCase().includes(wanted),
    );
  }, [packages, search]);
  return (
    <Disclosure title={m.run.packages} count={formatInteger(packages.length)}>
      <div className={styles.packagesSearch}>
        <SearchField label={m.run.searchPackages} value={search} onChange={setSearch} />
      </div>
      {found.length === 0 && <p className={styles.nothing}>{m.run.noMatch}</p>}
      <ul className={styles.packages}>
        {found.map(({ name, version }) => (
          <li key={name} className={styles.package}>
            <span>{name}</span>
            <span>{version}</span>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}
