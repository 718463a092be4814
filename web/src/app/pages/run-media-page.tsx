/** Images, audio, video, tables, histograms and figures that the run logged. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { MediaGallery } from "@/features/media/components/media-gallery";
import { isLive } from "@/features/run/state";
import { ErrorView } from "../error-view";
import { readMediaAddress, writeMediaAddress } from "./media-search";
import { useFramedRun } from "./run-context";

export function RunMediaPage() {
  const { ref, run } = useFramedRun();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const address = readMediaAddress(search);
  return (
    <MediaGallery
      project={ref}
      isLive={run !== undefined && isLive(run.state)}
      address={address}
      onAddress={(change) =>
        void navigate({
          to: ".",
          search: (old) => ({ ...old, ...writeMediaAddress({ ...address, ...change }) }),
          // Full screen is a place to come back from; steps that were passed by are not.
          replace: !("open" in change),
        })
      }
      renderFileLink={(path, children) => (
        <Link
          to="/$entity/$project/runs/$run/files/$"
          params={{ ...ref, _splat: path }}
          search={{}}
        >
          {children}
        </Link>
      )}
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
