import { useNavigate, useParams } from "@tanstack/react-router";
import { LinkedCollectionView } from "@/features/registry/components/linked-collection-view";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";

export function RegistryCollectionPage() {
  const navigate = useNavigate();
  const ref = useParams({ from: "/signed-in/registry/$organization/$registry/$collection" });
  useTitle(ref.collection, ref.registry);
  return (
    <LinkedCollectionView
      key={`${ref.organization}/${ref.registry}/${ref.collection}`}
      collectionRef={ref}
      onGone={() =>
        void navigate({
          to: "/registry/$organization/$registry",
          params: { organization: ref.organization, registry: ref.registry },
        })
      }
      renderError={(error, retry) => <ErrorView error={error} onRetry={retry} />}
    />
  );
}
