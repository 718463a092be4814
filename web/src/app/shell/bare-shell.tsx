/** The frame without anything of a person in it: for pages that nobody is known on. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { Logo } from "@/ui/logo";
import styles from "./shell.module.css";

export function BareShell({ children }: { children: ReactNode }) {
  const m = useMessages();
  return (
    <>
      <header className={styles.bareBar}>
        <Link to="/" className={styles.logo} aria-label={m.app.home} title={m.app.home}>
          <Logo />
        </Link>
        <span className={styles.brand}>{m.app.name}</span>
      </header>
      <main>{children}</main>
    </>
  );
}
