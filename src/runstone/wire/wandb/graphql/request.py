"""What a GraphQL resolver may know: who asks, snapshot or transaction, how URLs are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import quote

from graphql import GraphQLResolveInfo

from runstone.domain.access import Actor
from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import ArtifactId, ManifestId, RunId
from runstone.ports.blobs import Blobs, Part
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.arrivals import Arriving, InParts
from runstone.services.run_index import RunIndex
from runstone.wire.common.signing import UPLOAD_LIFETIME_S, Signer
from runstone.wire.wandb.graphql.history_keys import HistoryKeys
from runstone.wire.wandb.graphql.limits import Budget
from runstone.wire.wandb.graphql.loading import RunLoader

Resolver: TypeAlias = Callable[..., Any]
Resolvers: TypeAlias = dict[str, dict[str, Resolver]]
"""By type, then by field."""


@dataclass(slots=True)
class Request:
    """One execution, within one unit of work.

    Attributes:
        snapshot: What is read from; a transaction in mutations.
        base_url: How the client reached this server, without a slash at the end.
        run_index: What lists of runs are computed from; in mutations one of their own, since what
            it learns there may be taken back.
        unneeded_blobs: To be deleted once the unit is durable.
        changes_accounts: Keys, users or roles changed: what the authenticator knows is old.
        budget: What lists within lists may still come to.
        blobs: Where bytes go; here only to make URLs for clients to send them there.
        history_keys: What runs have logged; in mutations with a memory of their own, as above.
        gives_history_files: Whether clients may have histories as files.
        is_one_of_several: The client says that its run has several writers (shared mode).
        done: What the one field of a mutation came to that was done before, in units of its own.
        runs: What was read of runs.
    """

    actor: Actor
    snapshot: Snapshot
    base_url: str
    signer: Signer
    run_index: RunIndex
    blobs: Blobs
    history_keys: HistoryKeys = field(default_factory=HistoryKeys)
    gives_history_files: bool = False
    is_one_of_several: bool = False
    unneeded_blobs: list[str] = field(default_factory=list)
    changes_accounts: bool = False
    budget: Budget = field(default_factory=Budget)
    done: Any = None
    runs: RunLoader = field(init=False)

    def __post_init__(self) -> None:
        self.runs = RunLoader(self.snapshot, self.actor)

    @property
    def tx(self) -> Transaction:
        """The transaction; only mutations have one."""
        return cast("Transaction", self.snapshot)

    def upload_url(self, run: RunId, name: str) -> str:
        """Where a file of a run may be PUT to, without credentials."""
        token = self.signer.sign("upload", [run, name])
        return f"{self.base_url}/uploads/{token}/{quote(name.rsplit('/', 1)[-1], safe='')}"

    def history_file_url(self, file: HistoryFile) -> str:
        """Where a file of a history can be read by whoever has the URL, for some hours."""
        token = self.signer.sign("history-file", [file.run_id, file.number, *file.rows])
        return f"{self.base_url}/files-of-histories/{token}/{file.number}.parquet"

    def content_upload_url(self, artifact: ArtifactId, md5: bytes, name: str) -> str:
        """Where a content of a pending version may be PUT to, without credentials."""
        if self.blobs.supports_presigned_urls:
            key = Arriving.new(artifact, md5).key
            return self.blobs.upload_url(key, md5=md5, lifetime_s=UPLOAD_LIFETIME_S)
        token = self.signer.sign("content-upload", [artifact, md5.hex()])
        return f"{self.base_url}/artifactsV2/uploads/{token}/{quote(name, safe='')}"

    def part_url(self, upload: InParts, part: Part, name: str) -> str:
        """Where a part of a content may be PUT to, without credentials."""
        place = upload.place
        if self.blobs.supports_presigned_urls:
            return self.blobs.part_url(place.key, upload.upload, part, lifetime_s=UPLOAD_LIFETIME_S)
        value = [place.key, upload.upload, part.number, part.md5.hex()]
        token = self.signer.sign("part-upload", value)
        return f"{self.base_url}/artifactsV2/parts/{token}/{quote(name, safe='')}"

    def content_url(self, artifact: ArtifactId, md5: bytes, name: str) -> str:
        """Where a content of a version can be read by whoever has the URL, for some hours."""
        token = self.signer.sign("content-download", [artifact, md5.hex()])
        return f"{self.base_url}/artifactsV2/downloads/{token}/{quote(name, safe='')}"

    def manifest_upload_url(self, manifest: ManifestId, digest: str, name: str) -> str:
        """Where a manifest may be PUT to, without credentials."""
        token = self.signer.sign("manifest-upload", [manifest, digest])
        return f"{self.base_url}/artifactsV2/uploads/{token}/{quote(name, safe='')}"

    def manifest_url(self, manifest: ManifestId, name: str) -> str:
        """Where a manifest can be read by whoever has the URL, for some hours."""
        token = self.signer.sign("manifest-download", [manifest])
        return f"{self.base_url}/artifactsV2/manifests/{token}/{quote(name, safe='')}"

    def file_url(self, entity: str, project: str, run: str, name: str) -> str:
        """Where a file of a run can be read with credentials."""
        path = "/".join(quote(part, safe="") for part in (entity, project, run))
        return f"{self.base_url}/files/{path}/{quote(name)}"

    def signed_file_url(self, entity: str, project: str, run: str, run_id: RunId, name: str) -> str:
        """Where a file of a run can be read by whoever has the URL, for some hours."""
        token = self.signer.sign("download", [run_id, name])
        return f"{self.file_url(entity, project, run, name)}?signature={token}"


Info: TypeAlias = GraphQLResolveInfo[Request]
"""What graphql-core hands to a resolver; `info.context` is the request."""
