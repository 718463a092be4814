/** What a run's processes wrote. */
import { useLocation, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { ConsoleView } from "@/features/console/components/console-view";
import { isLive } from "@/features/run/state";
import { ErrorView } from "../error-view";
import { readConsoleAddress, writeConsoleAddress } from "./console-search";
import { useFramedRun } from "./run-context";

export function RunConsolePage() {
  const { ref, run } = useFramedRun();
  const navigate = useNavigate();
  const router = useRouter();
  const search = useSearch({ strict: false });
  // `#L120` is how other tools write it.
  const hash = useLocation({ select: (location) => location.hash });
  const address = readConsoleAddress({ ...search, line: search.line ?? (hash || undefined) });
  return (
    <ConsoleView
      runRef={ref}
      seq={run?.seq}
      isLive={run !== undefined && isLive(run.state)}
      startedAt={run ? Date.parse(run.created_at) : Number.NaN}
      address={address}
      onAddress={(change) =>
        void navigate({
          to: ".",
          search: (old) => ({ ...old, ...writeConsoleAddress({ ...address, ...change }) }),
          hash: "",
          replace: true,
        })
      }
      hrefOf={(line) =>
        router.buildLocation({
          to: "/$entity/$project/runs/$run/console",
          params: ref,
          search: writeConsoleAddress({ ...address, line }),
        }).href
      }
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
