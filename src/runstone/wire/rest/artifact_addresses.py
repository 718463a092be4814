"""Where artifacts are in the API, and which version a path names."""

from __future__ import annotations

from typing import Final

from runstone.services.artifacts import Address
from runstone.wire.rest.call import AnyCall

TAG: Final = "Artifacts"
PROJECT: Final = "/projects/{entity}/{project}"
COLLECTION: Final = PROJECT + "/artifacts/{collection}"
VERSION: Final = COLLECTION + "/versions/{version}"


def address_of(call: AnyCall) -> Address:
    """The version that a call's path names: by its number, an alias or its digest."""
    path = call.path
    return Address(path["entity"], path["project"], path["collection"], path["version"])
