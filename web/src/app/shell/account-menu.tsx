import { Link } from "@tanstack/react-router";
import { useId, useRef } from "react";
import type { User } from "@/api/types";
import { useSignOut } from "@/features/auth/queries";
import { useMessages } from "@/lib/i18n";
import { setThemeChoice, type ThemeChoice, useThemeChoice } from "@/lib/theme";
import { Segmented } from "@/ui/segmented";
import styles from "./shell.module.css";

/** Who is signed in, what is theirs, and the way out. */
export function AccountMenu({ user }: { user: User }) {
  const m = useMessages();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const signOut = useSignOut();
  const theme = useThemeChoice();
  const name = user.name || user.username;
  const themes: { value: ThemeChoice; label: string }[] = [
    { value: "system", label: m.theme.system },
    { value: "light", label: m.theme.light },
    { value: "dark", label: m.theme.dark },
  ];
  return (
    <>
      <button
        type="button"
        className={styles.avatar}
        popoverTarget={id}
        aria-label={m.account.menu}
        title={name}
      >
        {name.slice(0, 1).toUpperCase()}
      </button>
      <div ref={menu} id={id} popover="auto" className={styles.menu}>
        <div className={styles.who}>
          <strong>{name}</strong>
          {(user.email || name !== user.username) && <span>{user.email || user.username}</span>}
          {user.is_admin && <span>{m.account.admin}</span>}
        </div>
        <Link
          to="/authorize"
          className={styles.menuItem}
          onClick={() => menu.current?.hidePopover()}
        >
          {m.account.apiKeys}
        </Link>
        <div className={styles.menuTheme}>
          <Segmented
            label={m.theme.title}
            options={themes}
            value={theme}
            onChange={setThemeChoice}
          />
        </div>
        <button type="button" className={styles.menuItem} onClick={() => signOut.mutate()}>
          {m.account.signOut}
        </button>
      </div>
    </>
  );
}
