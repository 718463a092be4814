"""Custom charts that users and teams define: made, found, listed, removed."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.domain.access import Action, Actor, may, not_found, require_read
from runstone.domain.custom_chart import (
    MAX_CHART_SPEC_BYTES,
    ChartAccess,
    CustomChart,
    check_language,
)
from runstone.domain.errors import AlreadyExists, PermissionDenied
from runstone.domain.names import check_chart_name
from runstone.domain.view import check_spec, check_title
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import find_entity


def create_custom_chart(
    tx: Transaction,
    actor: Actor,
    entity: str | None,
    name: str,
    *,
    display_name: str,
    language: str,
    access: ChartAccess,
    spec: str,
) -> CustomChart:
    """A new chart; the one that is there, where it is the same in everything.

    Scripts that define their charts at their beginning run many times.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name, text or language; or the spec is no JSON object.
        QuotaExceeded: The spec is too large.
        AlreadyExists: The entity has another chart of that name (code `name-taken`).
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    title = check_title(display_name)
    check_chart_name(name)
    check_language(language)
    check_spec(spec, max_bytes=MAX_CHART_SPEC_BYTES)
    taken = tx.custom_charts.custom_chart(owner.id, name)
    if taken is None:
        return tx.custom_charts.create_custom_chart(
            owner.id,
            name=name,
            display_name=title,
            language=language,
            access=access,
            spec=spec,
            user=actor.user_id,
        )
    wanted = (title, language, access, spec)
    if (taken.display_name, taken.language, taken.access, taken.spec) == wanted:
        return taken
    raise AlreadyExists(
        f"{owner.name} has another custom chart called {name!r}. Choose another name, since runs "
        "refer to it by this one; or delete that one first.",
        code="name-taken",
    )


def find_custom_chart(snapshot: Snapshot, actor: Actor, entity: str, name: str) -> CustomChart:
    """The chart at that address.

    Raises:
        NotFound: No such chart, or the actor may not see it.
    """
    what = f"custom chart {entity}/{name}"
    owner = snapshot.accounts.entity(entity)
    found = None if owner is None else snapshot.custom_charts.custom_chart(owner.id, name)
    if found is None:
        raise not_found(what)
    is_public = found.access is ChartAccess.PUBLIC
    require_read(actor, found.entity_id, is_public=is_public, what=what)
    return found


def list_custom_charts(snapshot: Snapshot, actor: Actor, entity: str) -> Sequence[CustomChart]:
    """An entity's charts by name.

    Raises:
        NotFound: No such entity, or the actor may not see it.
    """
    return snapshot.custom_charts.custom_charts(find_entity(snapshot, actor, entity).id)


def delete_custom_chart(tx: Transaction, actor: Actor, entity: str, name: str) -> CustomChart:
    """Removes a chart. Runs that refer to it keep their tables, and are drawn without it.

    Raises:
        NotFound: No such chart, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    found = find_custom_chart(tx, actor, entity, name)
    if not may(actor, Action.WRITE, found.entity_id):  # a public one of others is seen all the same
        raise PermissionDenied(
            f"{actor.username} may not delete custom chart {found.entity}/{found.name}. Ask a "
            "member of its team."
        )
    tx.custom_charts.delete_custom_chart(found.id)
    return found
