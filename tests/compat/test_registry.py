"""Registries by the real clients: made, linked to, looked through, shared, taken away."""

from __future__ import annotations

import pytest
from tests.compat.conftest import Client

pytestmark = pytest.mark.compat

FIRST, SECOND = "My Nets:v0 first", "My Nets:v1 latest,staging"
DENIED_BY_PROXY = "do not have permission"
"""What 0.25 makes of any 403: it hides the server's words."""


@pytest.fixture
def keys(client: Client) -> list[str]:
    """Of three users: `vera`, `mel`, and `otto`; there is a team too."""
    server, line = client.server, client.line.replace(".", "")
    people = [f"{name}{line}" for name in ("vera", "mel", "otto")]
    for name in people:
        server.admin("user", "create", name)
    server.admin("team", "create", f"lab{line}")
    return [server.admin("key", "create", "--quiet", "--user", name) for name in people]


def test_registry(client: Client, keys: list[str]) -> None:
    line = client.line.replace(".", "")
    project, name = f"registry-{client.line}", f"models-{line}"
    facts = client.run("registry", project, name, f"lab{line}", *keys).facts

    assert facts["made"] == [name, "restricted", "first", False]
    assert facts["types"] == ["model"]
    assert "already exists in organization 'home'" in facts["taken"]
    assert facts["saved"] == ["what we ship", ["dataset", "model"], "home"]

    weights = [{"weights.txt": f"weights {number}"} for number in range(2)]
    assert facts["used"] == ["My Nets:staging", weights[1]]
    full = f"wandb-registry-{name}"
    assert facts["linked"] == ["My Nets:first", full, ["first"], weights[0]]
    assert facts["source"] == ["net:v0", project]
    assert facts["model registry"] == "model"
    assert facts["called"] == ["candidate", "first"]
    assert facts["uncalled"] == ["first"]
    assert facts["home untouched"] == []
    if client.is_modern:  # 0.19 says so on its console alone
        assert f"The registry home/{name} takes dataset, model" in facts["type refused"]
        assert "'v7' cannot be an alias" in facts["bad alias"]
        assert "There is no registry nowhere" in facts["no registry"]

    shown = name if client.is_modern else full
    assert facts["registries"] == facts["by pattern"] == [shown]
    assert facts["collections"] == [["My Nets", "model"]]
    assert facts["no collections"] == []
    for search in ("versions", "of one", "of its collections"):
        assert facts[search] == [FIRST, SECOND], search
    assert facts["staged"] == [SECOND]
    if client.line == "0.31":
        assert facts["is link"] == [True, "net:v0"]
        assert facts["all links"] == ["My Nets:v0"]
        assert facts["in order"] == ["My Nets:v1", "My Nets:v0"]
        assert facts["good ones"] == [SECOND]
        assert facts["chained"] == [FIRST, SECOND]

    assert "Failed to load registry" in facts["hidden"]
    if client.is_modern:
        check_sharing(facts, client)

    called = "checked,first,production" if client.is_modern else "first,latest"
    left = ["My Nets:v2 from-owner,latest"] if client.is_modern else []
    assert facts["unlinked"] == [f"My Nets:v0 {called}", *left]
    assert facts["still there"] == weights[1]
    assert facts["renamed"][0] == f"{name}-2"
    assert "Failed to load registry" in facts["renamed"][1]
    assert "Failed to load registry" in facts["deleted"]
    assert facts["source stays"] == weights[0]


def check_sharing(facts: dict, client: Client) -> None:
    line = client.line.replace(".", "")
    vera, mel = f"vera{line}", f"mel{line}"
    members = [["ada", "admin"], [mel, "member"], [vera, "viewer"]]
    assert facts["members"] == members
    assert facts["teams"] == [[f"lab{line}", "restricted_viewer"]]
    # What is linked from a project that they cannot see is theirs to have, as their role says.
    assert "not found under entity 'ada'" in facts["home hidden"]
    assert facts["viewer reads"] == {"weights.txt": "weights 1"}
    assert facts["member calls"] == "no error: None"
    assert facts["member links"] == {"weights.txt": "of their own"}
    assert facts["by administrator"] == "no error: None"
    assert "Failed to load registry" in facts["outsider"]
    assert facts["left"] == ["ada", mel]
    assert "not found" in facts["hidden again"]
    name = f"models-{line}"
    words = {
        "viewer calls": f"{vera} may not link to or change collections of registry home/{name}",
        "viewer links": f"{vera} may not link to or change collections of registry home/{name}",
        "protected": f"production is protected in the registry home/{name}",
        "kept": f"production is protected in the registry home/{name}",
        "member administers": f"{mel} may not administer registry home/{name}",
        "role refused": "'king' is no role in a registry",
    }
    for what, said in words.items():
        if client.line == "0.31":
            assert said in facts[what], what
        else:
            assert DENIED_BY_PROXY in facts[what] or "400 Client Error" in facts[what], what
