"""The config of a run: where it comes from, and how it is changed."""

from __future__ import annotations

import argparse
import copy
import json
import pickle
import types
from collections import UserDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.sdk import Api
from runstone.tracking.concealing import REDACTED, without_secrets
from runstone.tracking.config import Config, read_config


@dataclass
class Params:
    lr: float = 0.1
    depth: int = 3


class Flags:
    """As absl's."""

    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 0.1, "depth": 3}


class Model:
    """As pydantic's."""

    def model_dump(self) -> dict[str, Any]:
        return {"lr": 0.1, "depth": 3}


class Keyed:
    """A mapping but for its name."""

    def keys(self) -> list[str]:
        return ["lr", "depth"]

    def __getitem__(self, key: str) -> Any:
        return {"lr": 0.1, "depth": 3}[key]


@pytest.mark.parametrize(
    "source",
    [
        {"lr": 0.1, "depth": 3},
        {"--lr": 0.1, "-depth-": 3},
        [("lr", 0.1), ("depth", 3)],
        argparse.Namespace(lr=0.1, depth=3),
        types.SimpleNamespace(lr=0.1, depth=3),
        UserDict(lr=0.1, depth=3),
        Params(),
        Flags(),
        Model(),
        Keyed(),
    ],
    ids=lambda source: type(source).__name__,
)
def test_hyperparameters_come_in_many_forms(source: object) -> None:
    assert read_config(source) == {"lr": 0.1, "depth": 3}
    assert read_config(source, include=["lr"]) == {"lr": 0.1}
    assert read_config(source, exclude=["lr"]) == {"depth": 3}


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"lr": 0.1}))
    assert read_config(path) == read_config(str(path)) == {"lr": 0.1}
    path.write_text(json.dumps({"wandb_version": 1, "lr": {"desc": None, "value": 0.1}}))
    assert read_config(path) == {"lr": 0.1}
    for text in ("[1]", "{"):
        path.write_text(text)
        with pytest.raises(InvalidInput, match=r"config\.json"):
            read_config(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_config(tmp_path / "nobody.json")
    for nothing in (3, object()):
        with pytest.raises(InvalidInput, match="give a dictionary"):
            read_config(nothing)


def test_yaml_needs_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("lr: 0.1\n")
    fake = types.SimpleNamespace(safe_load=lambda _: {"lr": 0.1}, YAMLError=ValueError)
    monkeypatch.setitem(__import__("sys").modules, "yaml", fake)
    assert read_config(path) == {"lr": 0.1}
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(InvalidInput, match="pip install pyyaml"):
        read_config(path)


def test_values_are_read_and_set_like_a_dictionarys_and_as_attributes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent: list[dict[str, Any]] = []

    def keep(values: Any) -> dict[str, Any]:
        sent.append(dict(values))
        return dict(values)

    config = Config(keep)
    config.update({"lr": 0.1}, depth=3)
    config.n = {"a": {"b": 1}}
    config["m"] = 2
    config.setdefaults({"lr": 9, "new": 1})
    assert (config.lr, config["n"]["a"]["b"], config.get("none", 5)) == (0.1, 1, 5)
    assert "m" in config
    assert config.as_dict() == dict(config) == {
        "lr": 0.1, "depth": 3, "n": {"a": {"b": 1}}, "m": 2, "new": 1,
    }  # fmt: skip
    assert sent[-1] == {"new": 1}
    with pytest.raises(AttributeError, match="nobody"):
        _ = config.nobody
    with pytest.raises(InvalidInput, match="stays"):
        del config["lr"]
    config.update({"lr": 0.2}, allow_val_change=True)
    assert capsys.readouterr().err == ""
    config.lr = 0.3
    config.lr = 0.4
    assert capsys.readouterr().err.count("config['lr'] was 0.2 and is 0.3 now") == 1
    with pytest.raises(InvalidInput, match="allow_val_change=True"):
        config.update({"lr": 0.5}, allow_val_change=False)
    assert config.lr == 0.4
    config.update({"lr": 0.4}, allow_val_change=False)
    num_sent = len(sent)
    for other in (copy.deepcopy(config), copy.copy(config), pickle.loads(pickle.dumps(config))):
        assert other == config
        other.lr = 7  # as a script does that tries another value
    assert (config.lr, len(sent)) == (0.4, num_sent), "a copy sets nothing of the run"


def test_what_is_changed_is_sent(desk: Desk, api: Api) -> None:
    desk.run(
        """
import argparse, runstone
args = argparse.Namespace(lr=0.1, secret="s")
with runstone.init("config", config=args, config_exclude_keys=["secret"]) as run:
    runstone.config.update({1: "one", "size": 2**70}, allow_val_change=True)
    run.config.depth = 3
    run.config.update({"lr": 0.2}, allow_val_change=True)
"""
    )
    (run,) = api.runs("ada/config")
    assert run.config == {"lr": 0.2, "1": "one", "size": 2**70, "depth": 3}


NO_SECRETS = {
    "max_tokens": 100,
    "token_count": "many",
    "tokenizer": "gpt2-of-a-very-long-name",
    "eos_token": "<|endoftext|>",
    "stop_token": "###",
    "special_tokens": ["<pad>", "[MASK]"],
    "token": 5,
    "use_auth_token": True,
    "key": "attention-key-of-many-words",
    "monkey": "capuchin",
    "num_keys": 8,
    "primary_key": "id",
    "secretary": "Ada",
    "password_length": 12,
    "password": "",
    "credentials": None,
    "author": "Ada",
    "passes": 3,
    "model": "sk-learn-of-forests-and-trees",
}
SECRETS = {
    "password": "x",
    "db_passwd": 1234,
    "apiKey": "k",
    "OPENAI_API_KEY": "k",
    "aws-secret-access-key": "k",
    "client.secret": "k",
    "hub_token": "abcdefghijklmnop1234",
    "hub": "hf_abcdefghijklmnopqrstuv12",
    "private_key": b"k",
}


def test_what_is_a_secret_and_what_sounds_like_one() -> None:
    assert without_secrets(NO_SECRETS) == (NO_SECRETS, [])
    assert without_secrets(SECRETS) == (dict.fromkeys(SECRETS, REDACTED), list(SECRETS))
    nested = {"a": {"lr": 1, "password": "x"}, "credentials": {"user": "u", "two": ["k", None]}}
    safe, found = without_secrets(nested)
    assert safe == {
        "a": {"lr": 1, "password": REDACTED},
        "credentials": {"user": REDACTED, "two": [REDACTED, None]},
    }
    assert found == ["a.password", "credentials.user", "credentials.two"]
    loop: dict[str, Any] = {"api_key": "k"}
    loop["loops"] = [loop] * 100
    assert without_secrets(loop)[0]["api_key"] == REDACTED


KEEPING_SECRETS = """
import runstone
config = {"lr": 0.1, "api_key": "hidden-1", "data": {"url": "s3", "password": "hidden-2"}}
with runstone.init("secrets", id=ID, config=config) as run:
    print(run.config.api_key, run.config["data"]["password"])
    run.config["api_key"] = "hidden-3"
    run.config.update({"db_password": "hidden-4"})
"""


def test_a_secret_stays_in_the_script(desk: Desk, api: Api) -> None:
    out, err = desk.run("ID = 'safe'" + KEEPING_SECRETS)
    assert out.split() == ["hidden-1", "hidden-2"]
    assert err.count("'api_key', 'data.password' look like secrets") == 1
    assert err.count("'db_password' looks like a secret") == 1
    assert err.count("RUNSTONE_KEEP_SECRETS=true") == 2
    assert "hidden" not in err
    assert api.run("ada/secrets/safe").config == {
        "lr": 0.1,
        "api_key": REDACTED,
        "data": {"url": "s3", "password": REDACTED},
        "db_password": REDACTED,
    }
    for path in desk.folder.glob("runstone/run-*/journal/*"):
        assert b"hidden-1" not in path.read_bytes()

    _, err = desk.run("ID = 'kept'" + KEEPING_SECRETS, RUNSTONE_KEEP_SECRETS="true")
    assert "secret" not in err.replace("ada/secrets", "").replace("projects/secrets", "")
    assert api.run("ada/secrets/kept").config["db_password"] == "hidden-4"
