import { useId, useRef } from "react";
import type { User } from "@/api/types";
import { useSignOut } from "@/features/auth/queries";
import { useMessages } from "@/lib/i18n";
import styles from "./shell.module.css";

/** Who is signed in, and the way out. */
export function AccountMenu({ user }: { user: User }) {
  const m = useMessages();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const signOut = useSignOut();
  const name = user.name || user.username;
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
          <span>{user.email || user.username}</span>
          {user.is_admin && <span>{m.account.admin}</span>}
        </div>
        <button type="button" className={styles.menuItem} onClick={() => signOut.mutate()}>
          {m.account.signOut}
        </button>
      </div>
    </>
  );
}
