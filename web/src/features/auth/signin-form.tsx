/** Signing in by password or API key, and how to get a link when there is neither at hand. */
import { type FormEvent, useState } from "react";
import { isUnauthenticated, UnreachableError } from "@/api/problem";
import { useMessages } from "@/lib/i18n";
import type { Catalogue } from "@/lib/messages/en";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Segmented } from "@/ui/segmented";
import { TextField } from "@/ui/text-field";
import { useSignIn } from "./queries";
import { readWay, type SignInWay, writeWay } from "./remembered-way";
import styles from "./signin.module.css";
import { SignInFrame } from "./signin-frame";

interface SignInFormProps {
  /** Why a sign-in link did not work. */
  linkError?: string | null;
  /** The person was signed in a moment ago. */
  hasExpired?: boolean;
}

export function SignInForm({ linkError = null, hasExpired = false }: SignInFormProps) {
  const m = useMessages();
  const [way, setWay] = useState(readWay);
  const ways: { value: SignInWay; label: string }[] = [
    { value: "password", label: m.signIn.password },
    { value: "key", label: m.signIn.keyLabel },
  ];
  return (
    <SignInFrame title={hasExpired ? m.signIn.again : m.signIn.title}>
      {linkError !== null && (
        <div className={styles.problem} role="alert">
          <strong>{m.signIn.linkFailed}</strong>
          <p>{linkError}</p>
        </div>
      )}
      {hasExpired && <p className={styles.expired}>{m.signIn.expired}</p>}
      <div className={styles.ways}>
        <Segmented
          label={m.signIn.way}
          options={ways}
          value={way}
          onChange={(next) => {
            writeWay(next);
            setWay(next);
          }}
        />
      </div>
      {way === "password" ? <PasswordForm /> : <KeyForm />}
      <div className={styles.help}>
        <p>{linkError === null ? m.signIn.noKey : m.signIn.linkFailedHint}</p>
        <CodeBlock code={m.signIn.command} />
      </div>
    </SignInFrame>
  );
}

function PasswordForm() {
  const m = useMessages();
  const signIn = useSignIn();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() === "" || password === "") return;
    signIn.mutate({ username: username.trim(), password });
  };
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <TextField
        label={m.signIn.username}
        value={username}
        onChange={setUsername}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <TextField
        label={m.signIn.password}
        value={password}
        onChange={setPassword}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        error={signIn.error ? problemOf(signIn.error, m.signIn.wrongPassword, m) : undefined}
      />
      <SubmitButton isPending={signIn.isPending} />
    </form>
  );
}

function KeyForm() {
  const m = useMessages();
  const signIn = useSignIn();
  const [key, setKey] = useState("");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== "") signIn.mutate({ api_key: key.trim() });
  };
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <TextField
        label={m.signIn.keyLabel}
        value={key}
        onChange={setKey}
        name="api-key"
        type="password"
        autoComplete="off"
        placeholder={m.signIn.keyPlaceholder}
        required
        error={signIn.error ? problemOf(signIn.error, m.signIn.wrongKey, m) : undefined}
      />
      <SubmitButton isPending={signIn.isPending} />
    </form>
  );
}

function SubmitButton({ isPending }: { isPending: boolean }) {
  const m = useMessages();
  return (
    <Button type="submit" isPrimary className={styles.submit} disabled={isPending}>
      {isPending ? m.signIn.submitting : m.signIn.submit}
    </Button>
  );
}

function problemOf(error: Error, refused: string, m: Catalogue): string {
  if (isUnauthenticated(error)) return refused;
  return error instanceof UnreachableError ? m.errors.unreachable : error.message;
}
