/** Signing in by API key, and how to get a link when there is none at hand. */
import { type FormEvent, useId, useState } from "react";
import { isUnauthenticated } from "@/api/problem";
import { useMessages } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { useSignIn } from "./queries";
import styles from "./signin.module.css";
import { SignInFrame } from "./signin-frame";

export function SignInForm({ linkError = null }: { linkError?: string | null }) {
  const m = useMessages();
  const id = useId();
  const signIn = useSignIn();
  const [key, setKey] = useState("");

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== "") signIn.mutate({ api_key: key.trim() });
  };
  return (
    <SignInFrame title={m.signIn.title}>
      {linkError !== null && (
        <div className={styles.problem} role="alert">
          <strong>{m.signIn.linkFailed}</strong>
          <p>{linkError}</p>
        </div>
      )}
      <form onSubmit={onSubmit}>
        <label className={styles.label} htmlFor={id}>
          {m.signIn.keyLabel}
        </label>
        <input
          id={id}
          className={styles.input}
          type="password"
          autoComplete="current-password"
          placeholder={m.signIn.keyPlaceholder}
          value={key}
          aria-invalid={signIn.isError}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        {signIn.error && (
          <p className={styles.error} role="alert">
            {isUnauthenticated(signIn.error) ? m.signIn.wrongKey : signIn.error.message}
          </p>
        )}
        <Button type="submit" isPrimary className={styles.submit} disabled={signIn.isPending}>
          {signIn.isPending ? m.signIn.submitting : m.signIn.submit}
        </Button>
      </form>
      <div className={styles.help}>
        <p>{linkError === null ? m.signIn.noKey : m.signIn.linkFailedHint}</p>
        <CodeBlock code={m.signIn.command} />
      </div>
    </SignInFrame>
  );
}
