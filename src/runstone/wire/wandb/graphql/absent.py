"""Reading what this version cannot hold yet finds nothing, which is the truth.

Clients look for a sweep before they begin: an error there would end scripts. Whatever would have
to store something says that it is not built (schema.py).
"""

from __future__ import annotations

from typing import Any, Final

from runstone.wire.wandb.graphql.paging import whole
from runstone.wire.wandb.graphql.request import Info, Resolvers


def _nothing(_source: Any, _info: Info, **_args: Any) -> None:
    return None


def _zero(_source: Any, _info: Info, **_args: Any) -> int:
    return 0


def _empty(_source: Any, _info: Info, **_args: Any) -> dict[str, Any]:
    return whole([], totalCount=0)


RESOLVERS: Final[Resolvers] = {
    "Project": {
        "sweep": _nothing,
        "sweeps": _empty,
        "totalSweeps": _zero,
    },
}
