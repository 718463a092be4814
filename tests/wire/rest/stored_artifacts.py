"""Putting versions of artifacts into a project, without a client."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tests.wire.rest.conftest import Site

from runstone.domain.artifact import Artifact, ManifestKind, NewArtifact
from runstone.ports.artifacts import PackedText
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Transaction
from runstone.services import artifacts
from runstone.services.runs import find_run
from runstone.services.signin import actor_for_key

ARTIFACTS = "/projects/ada/digits/artifacts"


async def log_version(
    site: Site,
    name: str,
    files: Mapping[str, bytes],
    *,
    run: str | None = None,
    type_name: str = "dataset",
    project: str = "digits",
    entity: str | None = None,
    references: Mapping[str, str] | None = None,
    is_pending: bool = False,
    **said: Any,
) -> Artifact:
    """As if Ada's client had logged it; `said` is what `NewArtifact` takes."""
    manifest = _manifest(files, references or {})
    said.setdefault("digest", hashlib.md5(manifest, usedforsecurity=False).hexdigest())
    said.setdefault("wanted_aliases", ())
    stored: list[StoredBlob] = []
    for content in files.values():
        key = artifacts.new_content_key()
        stored.append(await site.context.blobs.put(key, _chunks(content)))

    def log(tx: Transaction) -> Artifact:
        actor = actor_for_key(tx, site.ada_key)
        made = artifacts.begin_artifact(
            tx, actor, entity, project, run, type_name, name, NewArtifact(**said)
        )
        for one in stored:
            artifacts.content_arrived(tx, made.id, one.md5, one)
        announced = artifacts.announce_manifest(
            tx, actor, made.id, "wandb_manifest.json", ManifestKind.FULL, digest="", base_id=None
        )
        artifacts.manifest_arrived(tx, announced.id, PackedText.of(manifest), "")
        return made if is_pending else artifacts.commit_artifact(tx, actor, made.id)

    return await asyncio.wrap_future(site.store.write(log))


def use_version(site: Site, artifact: Artifact, run: str) -> None:
    """As if a run of Ada's had used it."""

    def use(tx: Transaction) -> None:
        actor = actor_for_key(tx, site.ada_key)
        artifacts.use_artifact(tx, actor, find_run(tx, actor, "ada", "digits", run), artifact.id)

    site.store.write(use).result()


def link_version(site: Site, artifact: Artifact, name: str, *aliases: str) -> None:
    """As if Ada had linked it into a collection of that name."""

    def link(tx: Transaction) -> None:
        actor = actor_for_key(tx, site.ada_key)
        artifacts.link_artifact(tx, actor, artifact.id, "ada", "digits", name, aliases)

    site.store.write(link).result()


def _manifest(files: Mapping[str, bytes], references: Mapping[str, str]) -> bytes:
    contents: dict[str, Any] = {
        path: {"digest": base64.b64encode(_md5(content)).decode(), "size": len(content)}
        for path, content in files.items()
    }
    for path, ref in references.items():
        contents[path] = {"digest": "etag-of-it", "ref": ref, "size": 7}
    return json.dumps({"version": 1, "contents": contents}).encode()


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content
