"""The executable schema: the .graphql files of this folder, with the tables of resolvers.

A field of the schema for which there is no resolver, and no entry in what its parent returned, is
not built yet and says so by name. So the schema can describe all of the protocol from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from runstone.domain.errors import InvalidInput, NotBuilt
from runstone.wire.wandb.graphql import (
    absent,
    accounts,
    artifact_changes,
    artifact_nodes,
    artifact_uploads,
    file_node,
    projects,
    registry,
    run_changes,
    run_files,
    run_history,
    run_pages,
    runs,
    server_info,
    views,
)
from runstone.wire.wandb.graphql.request import Info, Resolvers

_TABLES: Final[tuple[Resolvers, ...]] = (
    server_info.RESOLVERS,
    accounts.RESOLVERS,
    projects.RESOLVERS,
    registry.RESOLVERS,
    runs.RESOLVERS,
    run_pages.RESOLVERS,
    run_history.RESOLVERS,
    run_files.RESOLVERS,
    run_changes.RESOLVERS,
    views.RESOLVERS,
    file_node.RESOLVERS,
    artifact_uploads.RESOLVERS,
    artifact_nodes.RESOLVERS,
    artifact_changes.RESOLVERS,
    absent.RESOLVERS,
)


@cache
def load_schema() -> GraphQLSchema:
    """Builds the schema once per process."""
    folder = files("runstone.wire.wandb.graphql")
    texts = sorted(
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".graphql")
    )
    schema = build_schema("\n".join(text for _name, text in texts))
    for name, parse in _SCALARS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_input_value = parse  # build_schema takes none
        scalar.parse_value = parse  # type: ignore[method-assign]  # the older name of the same
    for name, type_of in _KINDS.items():
        abstract = schema.type_map[name]
        assert isinstance(abstract, (GraphQLInterfaceType, GraphQLUnionType))
        abstract.resolve_type = type_of
    for table in _TABLES:
        for type_name, resolvers in table.items():
            owner = schema.type_map[type_name]
            assert isinstance(owner, GraphQLObjectType), type_name
            for field, resolver in resolvers.items():
                owner.fields[field].resolve = resolver
    return schema


def resolve_plain(source: Any, info: Info, **_args: Any) -> Any:
    """A field without a resolver of its own: an entry of its parent, else not built yet."""
    if isinstance(source, Mapping) and info.field_name in source:
        info.context.budget.spend()  # every entry of a connection passes here
        return source[info.field_name]
    place = info.field_name
    if info.parent_type not in (info.schema.query_type, info.schema.mutation_type):
        place = f"{info.parent_type.name}.{info.field_name}"
    raise NotBuilt(
        f"{place} is not built yet in Runstone 0.1; what else the client sends is not affected.",
        code="not-built",
        field=place,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"A string is needed here, not {type(value).__name__}.")
    return value


def _integer(value: Any) -> int:
    # Also read from text: JavaScript and old clients quote what exceeds 53 bits.
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InvalidInput("An integer is needed here.")
    try:
        number = int(value)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"{str(value)[:80]!r} is not an integer.") from error
    if isinstance(value, float) and number != value:
        raise InvalidInput(f"{value} is not an integer.")
    if not -(2**63) <= number < 2**63:
        raise InvalidInput(f"{number} does not fit into 64 bits.")
    return number


_KINDS: Final = {
    "ArtifactCollection": artifact_nodes.collection_type,
    "ArtifactCreator": artifact_nodes.creator_type,
}
"""Of each interface and union: which of its types a source is."""
_SCALARS: Final = {"JSONString": _text, "DateTime": _text, "Int64": _integer, "Duration": _integer}
