import type { ReactNode } from "react";
import styles from "./overview.module.css";

interface FactProps {
  name: string;
  children: ReactNode;
}

/** A line of a list of facts; none where there is nothing to say. */
export function Fact({ name, children }: FactProps) {
  if (children === null || children === undefined || children === "" || children === false) {
    return null;
  }
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
