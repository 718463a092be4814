"""Retention: rules that say which versions of artifacts are kept, previews, times to live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from msgspec import Meta, Struct

from runstone.domain import retention as domain
from runstone.domain.access import Action
from runstone.domain.errors import NotFound
from runstone.domain.ids import RetentionRuleId
from runstone.domain.retention_text import parse_rule
from runstone.ports.store import Snapshot, Transaction
from runstone.services import retention as services
from runstone.services.retention.rules import MAX_DELETIONS
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_number
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import retention as structs

_PROJECT: Final = "/projects/{entity}/{project}"
_COLLECTION: Final = _PROJECT + "/artifacts/{collection}/retention"
_RULES: Final = _PROJECT + "/retention/rules"
_TAG: Final = "Retention"
_KINDS: Final[dict[type, structs.PartKind]] = {
    domain.KeepNewest: "newest",
    domain.KeepBest: "best",
    domain.KeepYoung: "younger",
    domain.KeepWhere: "where",
}


class PreviewRetention(Struct, forbid_unknown_fields=True):
    """Query of previews."""

    limit: Annotated[int, Meta(ge=0, le=10_000, description="Versions of each list.")] = 1_000


class ListRetentionDeletions(Struct, forbid_unknown_fields=True):
    """Query of `list_retention_deletions`."""

    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_DELETIONS)] = 100


# One collection


@route("GET", _COLLECTION, tag=_TAG)
async def get_collection_retention(call: Call[None, None]) -> structs.CollectionRetention:
    """See which rules decide about a collection."""

    def read(snapshot: Snapshot) -> structs.CollectionRetention:
        place = _collection(snapshot, call)
        assert place.collection is not None
        own, others = services.rules_for(snapshot, place)
        return structs.CollectionRetention(
            None if own is None else _rule(own, place.collection.name),
            [_rule(rule, None) for rule in others],
        )

    return await call.read(read)


@route("PUT", _COLLECTION, tag=_TAG)
async def set_collection_retention(
    call: Call[None, structs.SetRetentionRule],
) -> structs.RetentionRule:
    """Set a collection's own rule, which stands in place of its project's.

    It is off, and deletes nothing, until it is set with `is_on` and the `seen` of a preview of just
    this text. If what it would delete is another thing by then, or it keeps nothing, that is
    refused (`preview-outdated`, `rule-keeps-nothing`), and nothing changes.
    """

    def write(tx: Transaction) -> structs.RetentionRule:
        place = _collection(tx, call, Action.WRITE)
        assert place.collection is not None
        own, _ = services.rules_for(tx, place)
        return _rule(_set(tx, call, place, own), place.collection.name)

    return await call.write(write)


@route("DELETE", _COLLECTION, tag=_TAG)
async def delete_collection_retention(call: Call[None, None]) -> None:
    """Forget a collection's own rule; those of its project count again."""

    def write(tx: Transaction) -> None:
        own, _ = services.rules_for(tx, _collection(tx, call, Action.WRITE))
        services.forget_rule(tx, call.actor, own)

    await call.write(write)


@route("POST", _COLLECTION + "/preview", tag=_TAG)
async def preview_collection_retention(
    call: Call[PreviewRetention, structs.TryRetentionRule],
) -> structs.RetentionPreview:
    """See what a rule would delete from a collection now, and why the rest stays."""
    text, limit = call.body.text, call.query.limit
    return await call.read(
        lambda s: _preview(services.preview(s, _collection(s, call), text), limit)
    )


# A project


@route("GET", _PROJECT + "/retention", tag=_TAG)
async def get_project_retention(call: Call[None, None]) -> structs.ProjectRetention:
    """See a project's rules, those of its collections too, and how long its versions live."""
    return await call.read(lambda snapshot: _project_retention(snapshot, call))


@route("PUT", _PROJECT + "/retention", tag=_TAG)
async def set_project_ttl(call: Call[None, structs.SetDefaultTtl]) -> structs.ProjectRetention:
    """Set how long a project's versions live that say nothing themselves; at once, for all."""
    path, ttl_s = call.path, call.body.default_ttl_s

    def write(tx: Transaction) -> structs.ProjectRetention:
        services.set_default_ttl(tx, call.actor, path["entity"], ttl_s, path["project"])
        return _project_retention(tx, call)

    return await call.write(write)


@route("POST", _PROJECT + "/retention/preview", tag=_TAG)
async def preview_project_retention(
    call: Call[PreviewRetention, structs.TryProjectRetentionRule],
) -> structs.RetentionPreview:
    """See what a rule would delete from a project's collections that have none of their own."""
    wanted, limit = call.body, call.query.limit
    scope = domain.Scope(type=wanted.type, name=wanted.name)
    return await call.read(
        lambda s: _preview(services.preview(s, _place(s, call, scope), wanted.text), limit)
    )


@route("POST", _RULES, tag=_TAG)
async def add_retention_rule(
    call: Call[None, structs.SetProjectRetentionRule],
) -> structs.RetentionRule:
    """Add a rule for collections of a project that have none of their own.

    Where several are for one collection, what any of them keeps stays. It is turned on as the rule
    of a collection is.
    """
    scope = domain.Scope(type=call.body.type, name=call.body.name)
    return await call.write(
        lambda tx: _rule(_set(tx, call, _place(tx, call, scope, Action.WRITE), None), None)
    )


@route("PUT", _RULES + "/{rule}", tag=_TAG)
async def set_retention_rule(
    call: Call[None, structs.SetProjectRetentionRule],
) -> structs.RetentionRule:
    """Change a project's rule, or turn it on or off."""
    scope = domain.Scope(type=call.body.type, name=call.body.name)

    def write(tx: Transaction) -> structs.RetentionRule:
        place = _place(tx, call, scope, Action.WRITE)
        old = services.find_rule(tx, call.actor, place, _rule_id(call))
        return _rule(_set(tx, call, place, old), None)

    return await call.write(write)


@route("DELETE", _RULES + "/{rule}", tag=_TAG)
async def delete_retention_rule(call: Call[None, None]) -> None:
    """Forget a project's rule."""

    def write(tx: Transaction) -> None:
        place = _place(tx, call, domain.Scope(), Action.WRITE)
        found = services.find_rule(tx, call.actor, place, _rule_id(call))
        services.forget_rule(tx, call.actor, found)

    await call.write(write)


@route("GET", _PROJECT + "/retention/deletions", tag=_TAG)
async def list_retention_deletions(
    call: Call[ListRetentionDeletions, None],
) -> structs.RetentionDeletionList:
    """List the versions that rules and times to live have deleted in a project."""
    query, path = call.query, call.path
    before = read_number(query.cursor)
    found = await call.read(
        lambda s: services.list_deletions(
            s, call.actor, path["entity"], path["project"], before=before, limit=query.limit + 1
        )
    )
    listed = [
        structs.RetentionDeletion(
            one.id, one.collection, one.index, one.size_bytes, one.reason, one.why, one.deleted_at
        )
        for one in found[: query.limit]
    ]
    has_more = len(found) > query.limit
    return structs.RetentionDeletionList(listed, str(listed[-1].id) if has_more else None)


# An entity


@route("GET", "/entities/{entity}/retention", tag=_TAG)
async def get_entity_retention(call: Call[None, None]) -> structs.DefaultTtl:
    """See how long versions of a user or team live where neither they nor their project say."""
    found = await call.read(lambda s: services.default_ttl(s, call.actor, call.path["entity"]))
    return structs.DefaultTtl(found.own)


@route("PUT", "/entities/{entity}/retention", tag=_TAG)
async def set_entity_ttl(call: Call[None, structs.SetDefaultTtl]) -> structs.DefaultTtl:
    """Set that; for whoever administers the team. It counts at once, for all of its versions."""
    ttl_s = call.body.default_ttl_s
    found = await call.write(
        lambda tx: services.set_default_ttl(tx, call.actor, call.path["entity"], ttl_s)
    )
    return structs.DefaultTtl(found.own)


def _collection(snapshot: Snapshot, call: AnyCall, action: Action = Action.READ) -> services.Place:
    path = call.path
    return services.place_of_collection(
        snapshot, call.actor, path["entity"], path["project"], path["collection"], action
    )


def _place(
    snapshot: Snapshot, call: AnyCall, scope: domain.Scope, action: Action = Action.READ
) -> services.Place:
    path = call.path
    return services.place_of_project(
        snapshot, call.actor, path["entity"], path["project"], scope, action
    )


def _rule_id(call: AnyCall) -> RetentionRuleId:
    text = call.path["rule"]
    # Longer than any number that was given.
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(f"There is no rule {text[:80]!r}.")
    return RetentionRuleId(int(text))


def _set(
    tx: Transaction, call: AnyCall, place: services.Place, old: domain.RetentionRule | None
) -> domain.RetentionRule:
    wanted: structs.SetRetentionRule = call.body
    return services.set_rule(
        tx,
        call.actor,
        place,
        wanted.text,
        rule=old,
        is_on=wanted.is_on,
        seen=wanted.seen,
        even_if_nothing_is_kept=wanted.even_if_nothing_is_kept,
    )


# Domain values to what travels


def _project_retention(snapshot: Snapshot, call: AnyCall) -> structs.ProjectRetention:
    entity, project = call.path["entity"], call.path["project"]
    ttl = services.default_ttl(snapshot, call.actor, entity, project)
    rules, collections = services.list_rules(snapshot, call.actor, entity, project)
    return structs.ProjectRetention(
        ttl.own,
        ttl.inherited,
        [
            _rule(
                rule,
                None
                if rule.scope.collection_id is None
                else collections[rule.scope.collection_id].name,
            )
            for rule in rules
        ],
    )


def _rule(rule: domain.RetentionRule, collection: str | None) -> structs.RetentionRule:
    return structs.RetentionRule(
        id=rule.id,
        collection=collection,
        type=rule.scope.type,
        name=rule.scope.name,
        text=rule.text,
        parts=_parts(parse_rule(rule.text)),
        is_on=rule.is_on,
        set_by=rule.set_by,
        created_at=rule.created_at,
        updated_at=rule.updated_at,
    )


def _parts(parts: Iterable[domain.Part]) -> list[structs.RulePart]:
    return [structs.RulePart(_kind(part.keep), part.text) for part in parts]


def _kind(keep: domain.Keep) -> structs.PartKind:
    if isinstance(keep, domain.KeepNamed):
        return "tag" if keep.by_tags else "alias"
    return _KINDS[type(keep)]


def _preview(found: services.Preview, limit: int) -> structs.RetentionPreview:
    going: list[structs.JudgedVersion] = []
    staying: list[structs.JudgedVersion] = []
    num_going = num_staying = 0
    for one in found.judged:
        for verdict in one.verdicts:
            goes = verdict.reason is None
            num_going += goes
            num_staying += not goes
            listed = going if goes else staying
            if len(listed) < limit:
                listed.append(_judged(one.collection.name, verdict))
    return structs.RetentionPreview(
        parts=_parts(found.parts),
        num_collections=len(found.judged),
        num_going=num_going,
        num_staying=num_staying,
        logical_bytes=found.freed.logical_bytes,
        freed_bytes=found.freed.bytes,
        going=going,
        staying=staying,
        keeps_nothing=found.keeps_nothing,
        unknown=list(found.unknown),
        seen=found.seen,
    )


def _judged(collection: str, verdict: domain.Verdict) -> structs.JudgedVersion:
    version = verdict.version
    return structs.JudgedVersion(
        collection,
        version.index,
        list(version.aliases),
        version.size_bytes,
        version.created_at,
        verdict.reason,
        verdict.part,
    )
