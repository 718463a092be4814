/** Everything behind the sign-in: the frame with the page in it, or the way in. */
import { Dialog } from "@base-ui/react/dialog";
import { Outlet } from "@tanstack/react-router";
import { isUnauthenticated } from "@/api/problem";
import { useMe } from "@/features/auth/queries";
import { SignInForm } from "@/features/auth/signin-form";
import { useMessages } from "@/lib/i18n";
import { ErrorView } from "./error-view";
import { LiveProvider } from "./live";
import { BareShell } from "./shell/bare-shell";
import { Shell } from "./shell/shell";
import styles from "./signed-in.module.css";

export function SignedIn() {
  const m = useMessages();
  const { data: me, error, refetch } = useMe();
  // While that is being asked the page loads already: nearly everybody is signed in.
  // The address stays as it is: after signing in, the page that was asked for appears.
  const isSignedOut = isUnauthenticated(error);
  if (isSignedOut && !me) return <SignInForm />;
  if (error && !me) {
    return (
      <BareShell>
        <ErrorView error={error} onRetry={() => void refetch()} />
      </BareShell>
    );
  }
  return (
    <LiveProvider>
      {/* What was on the screen stays as it was, out of reach, until somebody signs in again. */}
      <div className={styles.behind} inert={isSignedOut}>
        <Shell user={me?.user}>
          <Outlet />
        </Shell>
      </div>
      {/* A dialog: others may be open, which would keep the focus and hide the form from readers. */}
      <Dialog.Root open={isSignedOut}>
        <Dialog.Portal>
          <Dialog.Popup className={styles.over} aria-label={m.signIn.again}>
            <SignInForm hasExpired />
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </LiveProvider>
  );
}
