"""Identifiers: distinct ids are distinct types."""

from __future__ import annotations

import os
from typing import Final, NewType

OrganizationId = NewType("OrganizationId", int)
EntityId = NewType("EntityId", int)
"""A user's or a team's. A user is the entity of kind `user`: one id for both."""
ApiKeyId = NewType("ApiKeyId", int)
ProjectId = NewType("ProjectId", int)
RunId = NewType("RunId", int)
"""The server's number of a run. What users see and URLs carry is `Run.name`."""
FileId = NewType("FileId", int)
ViewId = NewType("ViewId", int)
CustomChartId = NewType("CustomChartId", int)
ArtifactTypeId = NewType("ArtifactTypeId", int)
CollectionId = NewType("CollectionId", int)
ArtifactId = NewType("ArtifactId", int)
"""One version of an artifact, wherever it is linked to."""
ManifestId = NewType("ManifestId", int)
RetentionRuleId = NewType("RetentionRuleId", int)
RegistryChangeId = NewType("RegistryChangeId", int)
StreamId = NewType("StreamId", int)
"""One append-only history stream of a run: (run, kind, writer)."""

_RUN_NAME_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
API_KEY_PREFIX: Final = "runstone"
MIN_API_KEY_CHARS: Final = 40
"""The wandb client refuses shorter keys (after a dash-separated prefix) before it asks anyone."""


def new_run_name() -> str:
    """A short random run id such as `4k2x9qzt`, as people see it in URLs."""
    # Training scripts make one when they begin: `secrets`, used below, takes 5 ms to import.
    number = int.from_bytes(os.urandom(16), "little")
    digits = []
    for _ in range(8):
        number, place = divmod(number, len(_RUN_NAME_ALPHABET))
        digits.append(_RUN_NAME_ALPHABET[place])
    return "".join(digits)


def new_view_name() -> str:
    """A random name for a view, as the wandb client makes them: 11 letters and digits."""
    import secrets

    return "".join(secrets.choice(_RUN_NAME_ALPHABET) for _ in range(11))


def new_api_key() -> str:
    """A new secret API key: `runstone-` and 40 hex characters (160 random bits).

    `wandb login` of the 0.19 line takes no other length after the dash.
    """
    import secrets

    return f"{API_KEY_PREFIX}-{secrets.token_hex(20)}"


def new_token() -> str:
    """A new secret for a session or a sign-in link (256 random bits, URL-safe)."""
    import secrets

    return secrets.token_urlsafe(32)
