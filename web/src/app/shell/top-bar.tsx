import { Link } from "@tanstack/react-router";
import type { User } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { Logo } from "@/ui/logo";
import { AccountMenu } from "./account-menu";
import { Breadcrumbs } from "./breadcrumbs";
import { LiveDot } from "./live-dot";
import styles from "./shell.module.css";

export function TopBar({ user }: { user: User | undefined }) {
  const m = useMessages();
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.logo} aria-label={m.app.home} title={m.app.home}>
        <Logo />
      </Link>
      <Breadcrumbs />
      <div className={styles.end}>
        <LiveDot />
        {user && <AccountMenu user={user} />}
      </div>
    </header>
  );
}
