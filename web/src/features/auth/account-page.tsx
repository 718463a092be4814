/** What is one's own: who one is, the password, how the pages look and speak. */
import { type FormEvent, type ReactNode, useState } from "react";
import type { User } from "@/api/types";
import { useMessages } from "@/lib/i18n";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/lib/language";
import { setThemeChoice, type ThemeChoice, useThemeChoice } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { Skeleton } from "@/ui/skeleton";
import { TextField } from "@/ui/text-field";
import { useToast } from "@/ui/toast";
import styles from "./account.module.css";
import { useSetPassword } from "./queries";

interface AccountPageProps {
  /** undefined while it is not known yet. */
  user: User | undefined;
  /** A way to the API keys. */
  keysLink: ReactNode;
}

export function AccountPage({ user, keysLink }: AccountPageProps) {
  const m = useMessages();
  const theme = useThemeChoice();
  const language = useLanguage();
  const themes: { value: ThemeChoice; label: string }[] = [
    { value: "system", label: m.theme.system },
    { value: "light", label: m.theme.light },
    { value: "dark", label: m.theme.dark },
  ];
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{m.account.settings}</h1>
      <dl className={styles.facts}>
        <dt>{m.signIn.username}</dt>
        <dd>{user ? user.username : <Skeleton width={96} />}</dd>
        {user?.name && user.name !== user.username && (
          <>
            <dt>{m.account.name}</dt>
            <dd dir="auto">{user.name}</dd>
          </>
        )}
        {user?.email && (
          <>
            <dt>{m.account.email}</dt>
            <dd>{user.email}</dd>
          </>
        )}
        {user?.is_admin && (
          <>
            <dt>{m.account.role}</dt>
            <dd>{m.account.admin}</dd>
          </>
        )}
      </dl>
      <section className={styles.section}>
        <h2 className={styles.subtitle}>{m.account.changePassword}</h2>
        <p className={styles.hint}>{m.account.passwordHint}</p>
        {user && <PasswordForm username={user.username} />}
      </section>
      <section className={styles.section}>
        <h2 className={styles.subtitle}>{m.account.apiKeys}</h2>
        <p className={styles.hint}>{m.account.keysHint}</p>
        {keysLink}
      </section>
      <section className={styles.section}>
        <h2 className={styles.subtitle}>{m.account.look}</h2>
        <p className={styles.hint}>{m.account.lookHint}</p>
        <div className={styles.choices}>
          <Segmented
            label={m.frame.language}
            options={LANGUAGES}
            value={language}
            onChange={(next) => void chooseLanguage(next)}
          />
          <Segmented
            label={m.theme.title}
            options={themes}
            value={theme}
            onChange={setThemeChoice}
          />
        </div>
      </section>
    </div>
  );
}

/** As the server has it. */
const MIN_PASSWORD_CHARS = 10;

function PasswordForm({ username }: { username: string }) {
  const m = useMessages();
  const toast = useToast();
  const change = useSetPassword(username);
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [isTried, setTried] = useState(false);
  const isShort = password.length < MIN_PASSWORD_CHARS;
  const isOther = password !== again;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isShort || isOther) return;
    change.mutate(password, {
      onSuccess: () => {
        setPassword("");
        setAgain("");
        setTried(false);
        toast({ title: m.account.passwordChanged });
      },
    });
  };
  const shortError = isTried && isShort ? m.account.passwordShort(MIN_PASSWORD_CHARS) : undefined;
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      {/* Password managers file the new password under this name. */}
      <input
        className="visually-hidden"
        name="username"
        autoComplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <TextField
        label={m.account.newPassword}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="new-password"
        error={change.error?.message ?? shortError}
      />
      <TextField
        label={m.account.repeatPassword}
        value={again}
        onChange={setAgain}
        type="password"
        autoComplete="new-password"
        error={isTried && !isShort && isOther ? m.account.passwordsDiffer : undefined}
      />
      <Button type="submit" isPrimary disabled={change.isPending}>
        {m.account.setPassword}
      </Button>
    </form>
  );
}
