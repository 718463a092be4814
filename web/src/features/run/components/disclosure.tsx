import { type ReactNode, useState } from "react";
import { classNames } from "@/lib/class-names";
import { Icon } from "@/ui/icons";
import styles from "./overview.module.css";

interface DisclosureProps {
  title: string;
  count?: string;
  children: ReactNode;
}

/** A part that is folded until it is asked for. */
export function Disclosure({ title, count, children }: DisclosureProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={styles.group} aria-label={title}>
      <h2>
        <button
          type="button"
          className={classNames(styles.fold, isOpen && styles.open)}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="chevron" size={12} />
          {title}
          {count !== undefined && <span className={styles.count}>{count}</span>}
        </button>
      </h2>
      {isOpen && children}
    </section>
  );
}
