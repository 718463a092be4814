import { Link } from "@tanstack/react-router";
import type { User } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { setTheme, useTheme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import { Logo } from "@/ui/logo";
import { AccountMenu } from "./account-menu";
import { Breadcrumbs } from "./breadcrumbs";
import { LiveDot } from "./live-dot";
import styles from "./shell.module.css";

export function TopBar({ user }: { user: User | undefined }) {
  const m = useMessages();
  const theme = useTheme();
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.logo} aria-label={m.app.home} title={m.app.home}>
        <Logo />
      </Link>
      <Breadcrumbs />
      <div className={styles.end}>
        <LiveDot />
        <IconButton
          icon={theme === "dark" ? "sun" : "moon"}
          label={theme === "dark" ? m.theme.toLight : m.theme.toDark}
          onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
        />
        {user && <AccountMenu user={user} />}
      </div>
    </header>
  );
}
