import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { useMe } from "@/features/auth/queries";
import { SignInForm } from "@/features/auth/signin-form";
import { SignInLink } from "@/features/auth/signin-link";
import { localPath } from "../local-path";

export function SignInPage() {
  const { token, next } = useSearch({ from: "/signin" });
  const navigate = useNavigate();
  const goOn = useCallback(
    () => void navigate({ href: localPath(next), replace: true }),
    [navigate, next],
  );
  if (token) return <SignInLink token={token} onSignedIn={goOn} />;
  return <SignInThenGoOn onSignedIn={goOn} />;
}

/** Opened without a link: the form, until somebody is signed in. */
function SignInThenGoOn({ onSignedIn }: { onSignedIn: () => void }) {
  const isSignedIn = useMe().data !== undefined;
  useEffect(() => {
    if (isSignedIn) onSignedIn();
  }, [isSignedIn, onSignedIn]);
  return isSignedIn ? null : <SignInForm />;
}
