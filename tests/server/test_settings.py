"""Settings: where they come from, which place counts, and what is said of bad ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runstone
from runstone.sdk.settings import CLIENT_VARIABLES
from runstone.server.settings import BadSetting, Settings, declarations, read_settings


def test_defaults() -> None:
    assert read_settings({}, {}) == Settings()
    assert Settings().port == 8470
    assert Settings().host == "127.0.0.1"


def test_every_setting_can_come_from_each_place(tmp_path: Path) -> None:
    texts = {
        "data": str(tmp_path / "elsewhere"),
        "blobs": "s3://bucket/lab?region=eu-west-1",
        "retention_check_s": "5",
        "wandb_history_files": "on",
        "host": "::1",
        "port": "9000",
        "public_url": "https://runs.example.org/base",
        "first_user": "ada",
        "durability": "process",
        "crash_after_s": "7.5",
        "trash_days": "3",
        "max_body_mb": "8",
        "max_upload_mb": "16",
        "log_level": "debug",
        "log_format": "json",
    }
    assert set(texts) == {declaration.name for declaration in declarations()}
    file = tmp_path / "settings.toml"
    file.write_text("\n".join(f"{name} = {text!r}" for name, text in texts.items()))
    by_flag = read_settings(texts, {})
    by_environment = read_settings({}, {d.env: texts[d.name] for d in declarations()})
    by_file = read_settings({}, {}, config=file)
    assert by_flag == by_environment == by_file
    assert by_flag != Settings()
    assert all(getattr(by_flag, name) != getattr(Settings(), name) for name in texts)


def test_flag_then_environment_then_file_then_default(tmp_path: Path) -> None:
    file = tmp_path / "runstone.toml"
    file.write_text('port = 1\nmax_body_mb = 1\nlog_level = "error"\n')
    environ = {"RUNSTONE_PORT": "2", "RUNSTONE_MAX_BODY_MB": "2"}
    settings = read_settings({"port": "3", "data": str(tmp_path)}, environ)
    assert (settings.port, settings.max_body_mb) == (3, 2)
    assert (settings.log_level, settings.log_format) == ("error", "text")


def test_config_by_environment_and_relative_folder(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('data = "runs"')
    settings = read_settings({}, {"RUNSTONE_CONFIG": str(file)})
    assert settings.data == tmp_path / "runs"


@pytest.mark.parametrize(
    ("flags", "environ", "toml", "said"),
    [
        ({"port": "x"}, {}, None, "--port must be a whole number from 0 to 65,535, not 'x'."),
        ({"durability": "no"}, {}, None, "--durability must be power or process, not 'no'."),
        ({}, {"RUNSTONE_PORT": "70000"}, None, "RUNSTONE_PORT must be a whole number"),
        ({}, {"RUNSTONE_PROT": "1"}, None, "RUNSTONE_PROT is no setting. Did you mean RUNSTONE_P"),
        ({}, {"RUNSTONE_LOG_LEVEL": "loud"}, None, "must be debug, info, warning or error"),
        ({}, {}, "\n\nport = 'x'", "runstone.toml, line 3: port must be a whole number"),
        ({}, {}, "a = 1\nprot = 1", "line 1: a is no setting"),
        ({}, {}, "port = true", "line 1: port must be a whole number from 0 to 65,535, not 'True'"),
        ({}, {}, "[port]\nx = 1", "line 1: port must be"),
        ({}, {}, "port = = 1", "is not TOML: Invalid value (at line 1, column 8)"),
        ({}, {}, "data = 'x'", "line 1: data cannot be set in the data folder's own file"),
        ({"public_url": "runs.org"}, {}, None, "--public-url must be an http:// or https:// addr"),
        ({"first_user": "a/b"}, {}, None, "--first-user must be a legal user name"),
        ({"crash_after_s": "nan"}, {}, None, "--crash-after-s must be a number from 1 to"),
    ],
)
def test_bad_settings_say_where_and_what_is_legal(
    tmp_path: Path, flags: dict[str, str], environ: dict[str, str], toml: str | None, said: str
) -> None:
    if toml is not None:
        (tmp_path / "runstone.toml").write_text(toml)
    with pytest.raises(BadSetting) as caught:
        read_settings({"data": str(tmp_path), **flags}, environ)
    assert said in caught.value.message


def test_missing_config_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"There is no settings file .*gone\.toml"):
        read_settings({}, {}, config=tmp_path / "gone.toml")


def test_variables_that_kubernetes_gives_are_not_ours() -> None:
    environ = {
        "RUNSTONE_PORT": "tcp://10.0.0.1:8470",
        "RUNSTONE_SERVICE_HOST": "10.0.0.1",
        "RUNSTONE_SERVICE_PORT_HTTP": "8470",
        "RUNSTONE_PORT_8470_TCP_ADDR": "10.0.0.1",
    }
    assert read_settings({}, environ) == Settings()


def test_what_the_client_reads_is_no_mistake_here() -> None:
    """A training script may start a server, or a server be started where scripts are."""
    assert read_settings({}, dict.fromkeys(CLIENT_VARIABLES, "x")) == Settings()
    assert runstone.__file__ is not None
    sources = Path(runstone.__file__).parent
    rooms = [
        path for room in ("tracking", "sdk", "notebook") for path in (sources / room).rglob("*.py")
    ]
    named = {name for path in rooms for name in re.findall(r"RUNSTONE_[A-Z_]+\b", path.read_text())}
    known = CLIENT_VARIABLES | {declaration.env for declaration in declarations()}
    assert {name for name in named if not name.endswith("_")} - known == set()
