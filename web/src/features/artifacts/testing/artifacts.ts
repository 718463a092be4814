/** Artifacts for tests. */
import type { ArtifactCollection, ArtifactVersionDetail } from "@/api/artifacts";

const TIME = "2026-01-02T03:04:05Z";

export function someCollection(
  name: string,
  change: Partial<ArtifactCollection> = {},
): ArtifactCollection {
  return {
    name,
    type: "dataset",
    kind: "sequence",
    description: "",
    tags: [],
    num_versions: 1,
    latest: { index: 0, aliases: ["latest"], size_bytes: 1000, num_files: 2, created_at: TIME },
    created_at: TIME,
    updated_at: TIME,
    ...change,
  };
}

export function someVersion(
  index: number,
  change: Partial<ArtifactVersionDetail> = {},
): ArtifactVersionDetail {
  return {
    entity: "lab",
    project: "shapes",
    collection: "digits",
    type: "dataset",
    kind: "sequence",
    index,
    aliases: [],
    tags: [],
    state: "committed",
    digest: "0123456789abcdef0123456789abcdef",
    description: "",
    metadata: {},
    size_bytes: 1000,
    num_files: 2,
    created_at: TIME,
    updated_at: TIME,
    ttl_s: null,
    expires_at: null,
    logged_by: null,
    used_by: [],
    links: [],
    ...change,
  };
}
