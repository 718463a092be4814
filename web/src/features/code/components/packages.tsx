import { useMemo } from "react";
import type { RunEnvironment } from "@/api/environment";
import { useMessages } from "@/lib/i18n";
import { DataGrid } from "@/ui/grid/data-grid";
import { Notice } from "@/ui/notice";
import { SearchField } from "@/ui/search-field";
import styles from "./code-browser.module.css";

interface PackagesProps {
  packages: RunEnvironment["packages"];
  search: string;
  onSearch: (text: string) => void;
}

/** What was installed where the run ran. */
export function Packages({ packages, search, onSearch }: PackagesProps) {
  const m = useMessages();
  const wanted = search.trim().toLowerCase();
  const shown = useMemo(
    () => packages.filter(({ name }) => name.toLowerCase().includes(wanted)),
    [packages, wanted],
  );
  const columns = useMemo(
    () => [
      { name: m.code.packages, isNumber: false, width: 380 },
      { name: m.code.version, isNumber: false, width: 200 },
    ],
    [m],
  );
  return (
    <section className={styles.packages} aria-label={m.code.packages}>
      <header className={styles.head}>
        <div className={styles.search}>
          <SearchField label={m.code.searchPackages} value={search} onChange={onSearch} />
        </div>
        <span className={styles.size}>{m.code.packageCount(shown.length)}</span>
      </header>
      {packages.length === 0 ? (
        <Notice title={m.code.noPackages} />
      ) : (
        <DataGrid
          label={m.code.packages}
          columns={columns}
          numRows={shown.length}
          cell={(row, column) => {
            const one = shown[row];
            return one && <code>{column === 0 ? one.name : one.version}</code>;
          }}
        />
      )}
    </section>
  );
}
