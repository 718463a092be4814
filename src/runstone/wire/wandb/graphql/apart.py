"""Mutations that are done in units of work of their own, before their document is executed.

A document is executed in one unit, which holds all other writers up. What may take long is done
first, in short ones; then the document is executed on a snapshot, to say what came of it. That is
for documents whose only field is such a mutation, as clients send them; any other is executed as
a whole, as ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import get_argument_values, get_variable_values

from runstone.domain.access import Actor
from runstone.services.artifacts.arrivals import Arrivals

Apart: TypeAlias = Callable[[Arrivals, Actor, dict[str, Any]], Awaitable[Any]]
"""Takes the field's arguments, returns what its resolver finds as `Request.done`."""


def find_apart(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
    known: Mapping[str, Apart],
) -> tuple[Apart, dict[str, Any], str] | None:
    """What is to be done before, with its arguments and the name of its answer; None for nothing.

    Arguments that are wrong are left to the execution, which says so.
    """
    (field, *more) = operation.selection_set.selections
    mutations = schema.mutation_type
    if more or not isinstance(field, FieldNode) or field.directives or mutations is None:
        return None
    name = field.name.value
    if name not in known:
        return None
    values = get_variable_values(
        schema, operation.variable_definitions or (), dict(variables or {})
    )
    if isinstance(values, list):
        return None
    try:
        arguments = get_argument_values(mutations.fields[name], field, values)
    except GraphQLError:
        return None
    return known[name], arguments, field.alias.value if field.alias else name
