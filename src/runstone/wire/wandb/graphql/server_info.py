"""`serverInfo`: what this server can do, by the names that clients look up before they do it."""

from __future__ import annotations

from typing import Any, Final

from runstone.wire.wandb.graphql.request import Info, Resolvers

# Only what works. Absent means off; clients then take an older way or say that it is not there.
# Source: protocol/wandb.md section 4.
FEATURES: Final = (
    "STRUCTURED_CONSOLE_LOGS",
    "TOTAL_COUNT_IN_FILE_CONNECTION",
    "MARK_RUN_FILES_UPLOADED",
    "UPDATE_RUN_STATE",
    "LARGE_FILENAMES",
    "ARTIFACT_REGISTRY_SEARCH",
    "INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION",
    "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
    "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE",
    "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP",
    # Bodies are unpacked; a client compresses only when its user asks for it too.
    "FILESTREAM_GZIP",
)

_VERSIONS: Final = {"min_cli_version": "0.19.0", "max_cli_version": "1.0.0"}
"""What `wandb verify` and old clients compare themselves with."""


def _server_info(_root: Any, _info: Info) -> dict[str, Any]:
    return {
        "cliVersionInfo": _VERSIONS,
        "features": [{"name": name, "isEnabled": True} for name in FEATURES],
        # Would make clients talk about updates of another product.
        "latestLocalVersionInfo": None,
    }


RESOLVERS: Final[Resolvers] = {"Query": {"serverInfo": _server_info}}
