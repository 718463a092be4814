"""Puts the parts together: the only place that knows which backend stands behind which port."""

from __future__ import annotations

from dataclasses import dataclass

from runstone.ports.store import Store
from runstone.server.blob_store import open_blobs
from runstone.server.folder import DataFolder
from runstone.server.settings import Settings
from runstone.services.collection import Collector
from runstone.storage.memory.events import LocalEvents
from runstone.storage.sqlite.store import SqliteStore
from runstone.wire.common.auth import Authenticator
from runstone.wire.common.context import Limits, ServerContext
from runstone.wire.common.signing import Signer


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs; whoever made it closes it."""

    context: ServerContext
    store: Store

    def close(self) -> None:
        """Makes everything durable and lets go. Repeatable."""
        self.store.close()
        self.context.blobs.close()


def assemble(settings: Settings, folder: DataFolder) -> Parts:
    """Opens what the folder holds.

    Raises:
        CorruptData: A damaged or foreign database or secret.
        Conflict: The folder's files are in another blob store.
        Unavailable: The disk is full or read-only, a bucket cannot be used.
    """
    signer = Signer(folder.secret())
    events = LocalEvents()
    store = SqliteStore(folder.path, events=events, durability=settings.durability)
    try:
        blobs = open_blobs(settings.blobs, folder)
        context = ServerContext(
            store=store,
            blobs=blobs,
            collector=Collector(store, blobs),
            events=events,
            authenticator=Authenticator(store, signer),
            signer=signer,
            limits=Limits(
                max_body_bytes=settings.max_body_bytes,
                max_upload_bytes=settings.max_upload_bytes,
            ),
            public_url=settings.public_url,
            trash_days=settings.trash_days,
            gives_history_files=settings.wandb_history_files == "on",
        )
    except BaseException:
        store.close()
        raise
    return Parts(context=context, store=store)
