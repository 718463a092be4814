/** The way from a version of a project into a registry. */
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { ArtifactVersionDetail } from "@/api/artifacts";
import { LinkToRegistry } from "@/features/registry/components/link-to-registry";
import { useWords } from "@/features/registry/words/use-words";
import type { MenuItem } from "@/ui/menu";

interface RegistryLinking {
  /** What the menu of a version offers. */
  actions: (version: ArtifactVersionDetail) => readonly MenuItem[];
  /** What is asked, once it was chosen. */
  dialog: ReactNode;
}

export function useRegistryLinking(): RegistryLinking {
  const w = useWords();
  const navigate = useNavigate();
  const [version, setVersion] = useState<ArtifactVersionDetail | null>(null);
  return {
    actions: (one) => [{ label: w.link, icon: "registry", onSelect: () => setVersion(one) }],
    dialog: version && (
      <LinkToRegistry
        source={{
          entity: version.entity,
          project: version.project,
          collection: version.collection,
          version: `v${version.index}`,
        }}
        type={version.type}
        onClose={() => setVersion(null)}
        onShow={(target) =>
          void navigate({
            to: "/registry/$organization/$registry/$collection",
            params: {
              organization: target.organization,
              registry: target.registry,
              collection: target.collection,
            },
          })
        }
      />
    ),
  };
}
