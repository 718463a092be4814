"""What the composition root hands to every dialect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from runstone.ports.blobs import Blobs
from runstone.ports.events import Events
from runstone.ports.store import Store
from runstone.services.artifacts.comparing import Comparisons
from runstone.services.collection import Collector
from runstone.services.logged_keys import LoggedKeys
from runstone.services.run_index import KeyCatalog, RunIndex
from runstone.services.table_comparison import TableDiffs
from runstone.services.tables import TableCache
from runstone.wire.common.auth import Authenticator
from runstone.wire.common.pipes import Pipes
from runstone.wire.common.room import Room
from runstone.wire.common.signing import Signer

MAX_MANIFEST_BYTES: Final = 512 * 1024 * 1024
"""Of one, and of all that are being read at once: reading one takes some five times its length."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring, in bytes.

    Attributes:
        max_body_bytes: Of a JSON body, after decompression.
        max_upload_bytes: Of one uploaded file.
    """

    max_body_bytes: int = 64 * 1024 * 1024
    max_upload_bytes: int = 64 * 1024**3


@dataclass(frozen=True, slots=True)
class ServerContext:
    """The running server, as its dialects see it.

    Attributes:
        public_url: How clients reach the server, without a slash at the end; None means: as the
            request's own Host header says.
        trash_days: How long what was deleted can be restored.
        gives_history_files: Whether wandb clients are given histories as files.
        manifest_room: What manifests that are being read take of the memory.
    """

    store: Store
    blobs: Blobs
    events: Events
    authenticator: Authenticator
    signer: Signer
    limits: Limits
    collector: Collector
    public_url: str | None = None
    trash_days: int = 30
    gives_history_files: bool = False
    run_index: RunIndex = field(default_factory=RunIndex)
    tables: TableCache = field(default_factory=TableCache)
    table_diffs: TableDiffs = field(default_factory=TableDiffs)
    comparisons: Comparisons = field(default_factory=Comparisons)
    key_catalog: KeyCatalog = field(default_factory=KeyCatalog)
    logged_keys: LoggedKeys = field(default_factory=LoggedKeys)
    pipes: Pipes = field(default_factory=Pipes)
    manifest_room: Room = field(default_factory=lambda: Room(MAX_MANIFEST_BYTES))
