/** Uses up the one-time link that the server printed. */
import { useEffect, useRef } from "react";
import { useMessages } from "@/lib/i18n";
import { useSignIn } from "./queries";
import { SignInForm } from "./signin-form";
import { SignInFrame } from "./signin-frame";

interface SignInLinkProps {
  token: string;
  onSignedIn: () => void;
}

export function SignInLink({ token, onSignedIn }: SignInLinkProps) {
  const m = useMessages();
  const { mutate, error } = useSignIn();
  // Strict mode runs effects twice, but the token works once.
  const spent = useRef(false);

  useEffect(() => {
    if (spent.current) return;
    spent.current = true;
    mutate({ token }, { onSuccess: onSignedIn });
  }, [token, mutate, onSignedIn]);

  return error ? (
    <SignInForm linkError={error.message} />
  ) : (
    <SignInFrame title={m.signIn.opening} />
  );
}
