/** Everything behind the sign-in: the frame with the page in it, or the way in. */
import { Outlet } from "@tanstack/react-router";
import { isUnauthenticated } from "@/api/problem";
import { useMe } from "@/features/auth/queries";
import { SignInForm } from "@/features/auth/signin-form";
import { ErrorView } from "./error-view";
import { LiveProvider } from "./live";
import { BareShell } from "./shell/bare-shell";
import { Shell } from "./shell/shell";

export function SignedIn() {
  const { data: me, error, refetch } = useMe();
  // While that is being asked the page loads already: nearly everybody is signed in.
  // The address stays as it is: after signing in, the page that was asked for appears.
  if (isUnauthenticated(error)) return <SignInForm />;
  if (error && !me) {
    return (
      <BareShell>
        <ErrorView error={error} onRetry={() => void refetch()} />
      </BareShell>
    );
  }
  return (
    <LiveProvider>
      <Shell user={me?.user}>
        <Outlet />
      </Shell>
    </LiveProvider>
  );
}
