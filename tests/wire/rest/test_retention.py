"""Retention over the native API: rules tried out, turned on and refused; times to live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wire.rest import conftest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, link_version, log_version, use_version

from runstone.domain.run import RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.services.ingest import Report, record
from runstone.services.retention import Keeper, Swept
from runstone.services.signin import actor_for_key
from runstone.storage.memory.events import LocalEvents
from runstone.storage.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio

PROJECT = "/projects/ada/digits"
RULE = f"{ARTIFACTS}/model/retention"
DAY = timedelta(days=1)


@dataclass
class MovedClock:
    """The clock of the store."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def site(tmp_path: Path, clock: MovedClock) -> Any:
    events = LocalEvents()
    store = SqliteStore(tmp_path, events=events, durability="process", clock=clock)
    try:
        yield conftest.make_site(store, events, tmp_path)
    finally:
        store.close()


async def sweep(site: Site) -> Swept:
    return await Keeper(site.store).sweep()


async def ask(
    client: httpx.AsyncClient, method: str, path: str, body: Any = None, *, status: int = 200
) -> Any:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def versions(client: httpx.AsyncClient, name: str = "model") -> list[int]:
    found = await ask(client, "GET", f"{ARTIFACTS}/{name}/versions")
    return [one["index"] for one in found["versions"]]


async def turn_on(client: httpx.AsyncClient, text: str, path: str = RULE, **more: Any) -> Any:
    seen = await ask(client, "POST", f"{path}/preview", {"text": text})
    return await ask(
        client, "PUT", path, {"text": text, "is_on": True, "seen": seen["seen"], **more}
    )


async def log_five(site: Site) -> None:
    """Five versions of ten shared bytes and some of their own: v0 has 100, v4 has 104."""
    site.add_run("done")
    for number in range(5):
        site.add_run(f"run{number}", update=RunUpdate(state=RunState.FINISHED))
        await log_version(
            site,
            "model",
            {"shared": b"0123456789", "own": bytes([number]) * (100 + number)},
            run=f"run{number}",
            metadata=f'{{"acc": {number / 10}, "kind": {{"depth": {number % 2}}}}}',
            tags=("gold",) if number == 1 else (),
            wanted_aliases=("best",) if number == 2 else (),
        )


def finish(site: Site, run: str) -> None:
    def ends(tx: Transaction) -> None:
        actor = actor_for_key(tx, site.ada_key)
        record(tx, actor, "ada", "digits", run, Report(exit_code=0))

    site.store.write(ends).result()


def reasons(found: Any) -> dict[int, tuple[str, int | None]]:
    return {one["index"]: (one["reason"], one["part"]) for one in found["staying"]}


async def test_a_preview_says_what_goes_and_why_the_rest_stays(
    ada: httpx.AsyncClient, site: Site
) -> None:
    await log_five(site)
    found = await ask(
        ada,
        "POST",
        f"{RULE}/preview",
        {"text": "keep newest 1 keep best 1 by min(metadata.acc) keep with alias"},
    )
    assert [one["index"] for one in found["going"]] == [3, 1]
    assert reasons(found) == {4: ("rule", 0), 2: ("rule", 2), 0: ("rule", 1)}
    # What they say of themselves, and what is really freed: the shared ten bytes stay.
    assert (found["logical_bytes"], found["freed_bytes"]) == (103 + 101 + 20, 103 + 101)
    assert [part["kind"] for part in found["parts"]] == ["newest", "best", "alias"]
    assert (found["num_going"], found["num_staying"], found["keeps_nothing"]) == (2, 3, False)
    short = await ask(ada, "POST", f"{RULE}/preview?limit=1", {"text": "keep newest 2"})
    assert [one["index"] for one in short["going"]] == [2]
    assert (short["num_going"], len(short["staying"])) == (3, 1)
    assert await versions(ada) == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("keep newest 2", [4, 3]),
        ("keep best 2 by max(metadata.acc)", [4, 3]),
        ("keep best 2 by min(metadata.kind.depth)", [4, 2]),
        ("keep with tag", [1]),
        ('keep with tag "silver", "gold"', [1]),
        ('keep with alias ~ "^be"', [2]),
        ('keep where "gold" in tags or "best" in aliases', [2, 1]),
        ("keep where metadata.acc >= 0.2 and version < 4", [3, 2]),
        ('keep where run.id == "run3" or size_bytes == 114', [4, 3]),
        ("keep younger than 1h", [4, 3, 2, 1, 0]),
        ("keep best 1 by max(summary.none)", [4, 3, 2, 1, 0]),
        ("keep where version > 9", [4]),
    ],
)
async def test_what_each_part_keeps(
    ada: httpx.AsyncClient, site: Site, text: str, kept: list[int]
) -> None:
    await log_five(site)
    found = await ask(ada, "POST", f"{RULE}/preview", {"text": text})
    assert sorted(reasons(found), reverse=True) == kept


async def test_a_rule_is_off_until_what_it_does_was_seen(
    ada: httpx.AsyncClient, site: Site
) -> None:
    await log_five(site)
    text = "keep newest 2"
    made = await ask(ada, "PUT", RULE, {"text": text})
    assert (made["is_on"], made["collection"], made["set_by"]) == (False, "model", "ada")
    assert await sweep(site) == Swept(0, 0)
    for seen in (None, "something else"):
        said = await ask(ada, "PUT", RULE, {"text": text, "is_on": True, "seen": seen}, status=409)
        assert (said["code"], said["num_going"]) == ("preview-outdated", 3)
    seen = (await ask(ada, "POST", f"{RULE}/preview", {"text": text}))["seen"]
    # A version that arrives between looking and turning on.
    await log_version(site, "model", {"new": b"new"})
    said = await ask(ada, "PUT", RULE, {"text": text, "is_on": True, "seen": seen}, status=409)
    assert said["num_going"] == 4
    assert (await ask(ada, "GET", RULE))["rule"]["is_on"] is False
    assert (await turn_on(ada, text))["is_on"] is True
    assert await sweep(site) == Swept(0, 4)
    assert await versions(ada) == [5, 4]
    log = await ask(ada, "GET", f"{PROJECT}/retention/deletions?limit=3")
    assert [(one["index"], one["reason"], one["why"]) for one in log["deletions"]] == [
        (3, "rule", text), (2, "rule", text), (1, "rule", text),
    ]  # fmt: skip
    rest = await ask(ada, "GET", f"{PROJECT}/retention/deletions?cursor={log['next_cursor']}")
    assert [one["index"] for one in rest["deletions"]] == [0]
    await ask(ada, "DELETE", RULE, status=204)
    assert (await ask(ada, "GET", RULE)) == {"rule": None, "project_rules": []}
    await ask(ada, "DELETE", RULE, status=404)


async def test_what_no_rule_deletes(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("going", update=RunUpdate(state=RunState.RUNNING))
    site.add_run("ended", update=RunUpdate(state=RunState.FINISHED))
    made = [
        await log_version(site, "model", {"f": bytes([number])}, run="ended") for number in range(5)
    ]
    await log_version(site, "model", {"f": b"live"}, run="going")
    await log_version(site, "model", {"f": b"last"}, run="ended")
    await log_version(site, "model", {"f": b"pending"}, is_pending=True)
    link_version(site, made[0], "production")
    use_version(site, made[1], "going")
    use_version(site, made[2], "ended")
    text = "keep where version == 6"
    found = await ask(ada, "POST", f"{RULE}/preview", {"text": text})
    assert reasons(found) == {6: ("rule", 0), 1: ("in-use", None), 0: ("linked", None)}
    of_runs = await ask(
        ada, "POST", f"{RULE}/preview", {"text": text + " keep where config.x == 1"}
    )
    assert reasons(of_runs)[5] == ("run-is-live", None)
    await turn_on(ada, text)
    assert await sweep(site) == Swept(0, 4)
    assert await versions(ada) == [6, 1, 0]


async def test_rules_that_would_empty_a_collection(ada: httpx.AsyncClient, site: Site) -> None:
    await log_five(site)
    nothing = "keep where metadata.acc > 9"
    found = await ask(ada, "POST", f"{RULE}/preview", {"text": nothing})
    assert (found["keeps_nothing"], reasons(found)) == (True, {4: ("last", None)})
    body = {"text": nothing, "is_on": True, "seen": found["seen"]}
    assert (await ask(ada, "PUT", RULE, body, status=409))["code"] == "rule-keeps-nothing"
    await ask(ada, "PUT", RULE, body | {"even_if_nothing_is_kept": True})
    await sweep(site)
    assert await versions(ada) == [4]


async def test_a_metric_that_nobody_logged(ada: httpx.AsyncClient, site: Site) -> None:
    await log_five(site)
    text = 'keep newest 9 keep best 3 by min(summary["val/los"])'
    found = await ask(ada, "POST", f"{RULE}/preview", {"text": text})
    assert found["unknown"] == ['summary["val/los"]']
    said = await ask(
        ada, "PUT", RULE, {"text": text, "is_on": True, "seen": found["seen"]}, status=400
    )
    assert said["code"] == "unknown-metric"
    assert 'summary["val/los"]' in said["detail"]


async def test_the_best_by_what_the_run_logged(ada: httpx.AsyncClient, site: Site) -> None:
    for number, losses in enumerate([[3.0, 1.0], [2.0, float("nan")], [0.5, 4.0], [9.0]]):
        site.add_run(f"r{number}", values={"val/loss": losses})
        finish(site, f"r{number}")
        await log_version(site, "model", {"f": bytes([number])}, run=f"r{number}")
    body = {"text": 'keep best 2 by min(history["val/loss"])'}
    assert set(reasons(await ask(ada, "POST", f"{RULE}/preview", body))) == {2, 0}
    body = {"text": 'keep best 1 by max(last(history["val/loss"]))'}
    assert set(reasons(await ask(ada, "POST", f"{RULE}/preview", body))) == {3}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("newest 3", 0),
        ("keep newest none", 12),
        ("keep best 3 by summary.loss", 15),
        ("keep younger than 3", 18),
        ("keep where acc > 3", 11),
        ('keep with tag ~ "("', 16),
    ],
)
async def test_broken_rules_say_where(
    ada: httpx.AsyncClient, site: Site, text: str, position: int
) -> None:
    await log_five(site)
    for method, path in (("POST", f"{RULE}/preview"), ("PUT", RULE)):
        said = await ask(ada, method, path, {"text": text}, status=400)
        assert said["code"] in ("bad-rule", "bad-pattern")
        assert said["position"] == position
    assert (await ask(ada, "GET", RULE))["rule"] is None


async def test_rules_of_a_project(ada: httpx.AsyncClient, site: Site) -> None:
    for name, type_name in (("model-a", "model"), ("model-b", "model"), ("data", "dataset")):
        for number in range(3):
            content = f"{name}{number}".encode()
            await log_version(site, name, {"f": content}, type_name=type_name)
    of_models = {"text": "keep newest 2", "type": "model", "name": "^model-"}
    found = await ask(ada, "POST", f"{PROJECT}/retention/preview", of_models)
    assert (found["num_collections"], found["num_going"]) == (2, 2)
    rule = await ask(
        ada,
        "POST",
        f"{PROJECT}/retention/rules",
        of_models | {"is_on": True, "seen": found["seen"]},
    )
    assert (rule["collection"], rule["type"], rule["name"]) == (None, "model", "^model-")
    again = await ask(ada, "POST", f"{PROJECT}/retention/rules", of_models, status=409)
    assert again["code"] == "already-exists"
    # A collection's own rule stands in its place; while it is off it does not.
    await turn_on(ada, "keep newest 3", f"{ARTIFACTS}/model-b/retention")
    of_b = await ask(ada, "GET", f"{ARTIFACTS}/model-b/retention")
    assert [one["id"] for one in of_b["project_rules"]] == [rule["id"]]
    listed = await ask(ada, "GET", f"{PROJECT}/retention")
    assert [one["collection"] for one in listed["rules"]] == [None, "model-b"]
    found = await ask(ada, "POST", f"{PROJECT}/retention/preview", of_models)
    assert {one["collection"] for one in found["going"]} == {"model-a"}
    # Another rule for some of the same: what either keeps stays.
    more = {"text": "keep where version == 0", "name": "a$"}
    seen = (await ask(ada, "POST", f"{PROJECT}/retention/preview", more))["seen"]
    await ask(ada, "POST", f"{PROJECT}/retention/rules", more | {"is_on": True, "seen": seen})
    assert await sweep(site) == Swept(0, 2)
    assert await versions(ada, "model-a") == [2, 1, 0]
    assert await versions(ada, "model-b") == [2, 1, 0]
    assert await versions(ada, "data") == [0]
    path = f"{PROJECT}/retention/rules/{rule['id']}"
    assert (await ask(ada, "PUT", path, of_models | {"text": "keep newest 1"}))["is_on"] is False
    await ask(ada, "DELETE", path, status=204)
    for lost in (path, f"{PROJECT}/retention/rules/none"):
        await ask(ada, "DELETE", lost, status=404)
    bad = await ask(
        ada, "POST", f"{PROJECT}/retention/preview", of_models | {"name": "("}, status=400
    )
    assert bad["code"] == "bad-pattern"


async def test_who_may(ada: httpx.AsyncClient, bob: httpx.AsyncClient, site: Site) -> None:
    await log_five(site)
    body = {"text": "keep newest 1"}
    for method, path in (
        ("GET", RULE),
        ("PUT", RULE),
        ("DELETE", RULE),
        ("POST", f"{RULE}/preview"),
        ("GET", f"{PROJECT}/retention"),
        ("POST", f"{PROJECT}/retention/preview"),
        ("POST", f"{PROJECT}/retention/rules"),
        ("GET", f"{PROJECT}/retention/deletions"),
        ("GET", "/entities/ada/retention"),
        ("POST", f"{PROJECT}/storage/would-free"),
    ):
        given = None if method in ("GET", "DELETE") else body
        if path.endswith("would-free"):
            given = {}
        await ask(bob, method, path, given, status=404)
    await ask(ada, "PUT", f"{ARTIFACTS}/none/retention", body, status=404)
    found = (await ask(ada, "GET", f"{ARTIFACTS}/model/versions/v0"))["digest"]
    assert found
    link_version(site, await log_version(site, "other", {"f": b"f"}), "links")
    said = await ask(ada, "PUT", f"{ARTIFACTS}/links/retention", body, status=409)
    assert said["code"] == "wrong-collection"


async def test_a_rule_goes_with_its_collection(ada: httpx.AsyncClient, site: Site) -> None:
    await log_five(site)
    await turn_on(ada, "keep newest 1")
    await ask(ada, "DELETE", f"{ARTIFACTS}/model", status=204)
    assert (await ask(ada, "GET", f"{PROJECT}/retention"))["rules"] == []
    assert await sweep(site) == Swept(0, 0)


# Times to live


async def expiry(client: httpx.AsyncClient, version: str = "v0") -> tuple[Any, Any]:
    found = await ask(client, "GET", f"{ARTIFACTS}/model/versions/{version}")
    return found["ttl_s"], found["expires_at"]


async def test_versions_expire(ada: httpx.AsyncClient, site: Site, clock: MovedClock) -> None:
    made = [
        await log_version(site, "model", {"f": bytes([number])}, ttl_s=ttl)
        for number, ttl in enumerate([3_600, 3_600, 0, None, 7_200])
    ]
    link_version(site, made[1], "production")
    assert await expiry(ada) == (3_600, "2026-01-01T01:00:00Z")
    assert await expiry(ada, "v1") == (3_600, None)
    assert await expiry(ada, "v2") == (0, None)
    assert await expiry(ada, "v3") == (None, None)
    assert await sweep(site) == Swept(0, 0)
    clock.now += timedelta(hours=1)
    assert await sweep(site) == Swept(1, 0)
    assert await versions(ada) == [4, 3, 2, 1]
    clock.now += 400 * DAY
    assert await sweep(site) == Swept(1, 0)
    # `latest` has moved to the newest that is left.
    found = await ask(ada, "GET", f"{ARTIFACTS}/model/versions/latest")
    assert found["index"] == 3
    log = (await ask(ada, "GET", f"{PROJECT}/retention/deletions"))["deletions"]
    assert [(one["index"], one["reason"], one["why"]) for one in log] == [
        (4, "expired", "7200"), (0, "expired", "3600"),
    ]  # fmt: skip


async def test_times_that_are_inherited(
    ada: httpx.AsyncClient, site: Site, clock: MovedClock
) -> None:
    for number in range(3):
        await log_version(site, "model", {"f": bytes([number])}, ttl_s=0 if number == 2 else None)
    await log_version(site, "source", {"f": b"code"}, type_name="code")
    of_entity = {"default_ttl_s": 86_400}
    assert await ask(ada, "PUT", "/entities/ada/retention", of_entity) == of_entity
    assert await ask(ada, "GET", "/entities/ada/retention") == of_entity
    assert await expiry(ada) == (None, "2026-01-02T00:00:00Z")
    found = await ask(ada, "PUT", f"{PROJECT}/retention", {"default_ttl_s": 172_800})
    assert (found["default_ttl_s"], found["inherited_ttl_s"]) == (172_800, 86_400)
    assert await expiry(ada) == (None, "2026-01-03T00:00:00Z")
    await ask(ada, "PUT", f"{PROJECT}/retention", {"default_ttl_s": 0})
    assert await expiry(ada) == (None, None)
    await ask(ada, "PUT", f"{PROJECT}/retention", {"default_ttl_s": None})
    await ask(ada, "PATCH", f"{ARTIFACTS}/model/versions/v1", {"ttl_s": 864_000})
    clock.now += DAY
    assert await sweep(site) == Swept(1, 0)
    assert await versions(ada) == [2, 1]
    assert await versions(ada, "source") == [0]
    for bad in (-1, 10**10):
        await ask(ada, "PUT", f"{PROJECT}/retention", {"default_ttl_s": bad}, status=400)
        path = f"{ARTIFACTS}/model/versions/v1"
        assert (await ask(ada, "PATCH", path, {"ttl_s": bad}, status=400))["code"] == "bad-ttl"


async def test_nothing_is_deleted_that_changed_meanwhile(
    ada: httpx.AsyncClient, site: Site, clock: MovedClock
) -> None:
    """What was found beside the writer is looked at again by it."""
    made = [await log_version(site, "model", {"f": bytes([n])}, ttl_s=60) for n in range(2)]
    await log_version(site, "model", {"f": b"new"})
    await turn_on(ada, "keep newest 1")
    clock.now += DAY
    real = site.store.read

    def linked_after_reading(unit: Callable[[Any], Any]) -> Any:
        found = real(unit)
        found.result()
        link_version(site, made[0], "kept")
        return found

    site.store.read = linked_after_reading  # type: ignore[method-assign]
    assert await sweep(site) == Swept(1, 0)
    assert await versions(ada) == [2, 0]


async def test_many_versions_are_judged_in_one_go(ada: httpx.AsyncClient, site: Site) -> None:
    first = await log_version(site, "model", {"f": b"same"}, metadata='{"acc": 0}')

    def fill(tx: Any) -> None:
        tx.artifacts._connection.execute(
            """
            INSERT INTO artifact (collection_id, state, digest, description, metadata, tags,
                num_files, size_bytes, wanted_aliases, created_at, updated_at)
            SELECT collection_id, state, 'd' || value, '', json_object('acc', value), '[]', 1, 4,
                '[]', created_at, updated_at
            FROM artifact, (
                WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 9999)
                SELECT value FROM n
            ) WHERE id = ?
            """,
            (first.id,),
        )
        tx.artifacts._connection.execute(
            """
            INSERT INTO artifact_member (collection_id, version_index, artifact_id, created_at)
            SELECT collection_id, CAST(substr(digest, 2) AS INTEGER), id, created_at FROM artifact
            WHERE id > ?
            """,
            (first.id,),
        )
        tx.artifacts._connection.execute(
            """
            INSERT INTO artifact_content (artifact_id, content_id)
            SELECT v.id, k.content_id FROM artifact v, artifact_content k
            WHERE k.artifact_id = ? AND v.id > ?
            """,
            (first.id, first.id),
        )

    await asyncio.wrap_future(site.store.write(fill))
    found = await ask(
        ada, "POST", f"{RULE}/preview?limit=5", {"text": "keep best 3 by max(metadata.acc)"}
    )
    assert (found["num_going"], found["num_staying"]) == (9_997, 3)
    assert (found["logical_bytes"], found["freed_bytes"]) == (9_997 * 4, 0)
