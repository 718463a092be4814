import type { ReactNode } from "react";
import { useMessages } from "@/lib/i18n";
import { Logo } from "@/ui/logo";
import styles from "./signin.module.css";

export function SignInFrame({ title, children }: { title: string; children?: ReactNode }) {
  const m = useMessages();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo size={22} />
          <span>{m.app.name}</span>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
      <p className={styles.note}>{m.signIn.privateNote}</p>
    </main>
  );
}
