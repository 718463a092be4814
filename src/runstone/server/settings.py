"""Every setting: declared once, read once.

A value is taken from the command line's flag, else from the environment, else from a TOML file,
else it is the default. Flags, environment names, TOML keys and docs/settings.md all follow from
the declarations of `Settings`; nothing else reads the environment.
"""

# ruff: noqa: RUF009 - `_setting` wraps `dataclasses.field`, which is made for such calls

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_entity_name
from runstone.sdk.settings import CLIENT_VARIABLES
from runstone.server.blob_place import FOLDER, BucketPlace, read_place

ENV_PREFIX: Final = "RUNSTONE_"
CONFIG_NAME: Final = "runstone.toml"
CONFIG_ENV: Final = "RUNSTONE_CONFIG"
URL_ENV: Final = "RUNSTONE_URL"
API_KEY_ENV: Final = "RUNSTONE_API_KEY"

# Kubernetes gives every pod beside a service called `runstone` variables such as RUNSTONE_PORT
# and RUNSTONE_SERVICE_HOST, which are not meant for us.
_NOT_OURS: Final = re.compile(r"RUNSTONE_(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)")
_KUBERNETES_PORT: Final = re.compile(r"(tcp|udp)://.*")

_MIB: Final = 1024 * 1024


class BadSetting(InvalidInput):
    """A setting is unknown or has a value that is not legal; says where it was read."""

    default_code = "bad-setting"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a setting's text becomes its value.

    Attributes:
        legal: Completes the sentence "must be …".
        parse: Raises ValueError for what is not legal.
    """

    legal: str
    parse: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One setting, as flags, environment, file and documentation need it.

    Attributes:
        name: The TOML key.
        default: Shown to people.
        unit: Of the value; empty where there is none.
        help: One or two sentences.
    """

    name: str
    kind: Kind
    default: str
    unit: str
    help: str

    @property
    def flag(self) -> str:
        """Such as `--crash-after-s`."""
        return "--" + self.name.replace("_", "-")

    @property
    def env(self) -> str:
        """Such as `RUNSTONE_CRASH_AFTER_S`."""
        return ENV_PREFIX + self.name.upper()


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError(value)
    return value.strip()


def _path(value: str) -> Path:
    return Path(_text(value)).expanduser()


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value):
        raise ValueError(value)
    return value.rstrip("/")


def _choice(*options: str) -> Kind:
    def parse(value: str) -> str:
        if value.lower() not in options:
            raise ValueError(value)
        return value.lower()

    return Kind(" or ".join([", ".join(options[:-1]), options[-1]]), parse)


def _whole(low: int, high: int) -> Kind:
    def parse(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return Kind(f"a whole number from {low:,} to {high:,}", parse)


def _number(low: float, high: float) -> Kind:
    def parse(value: str) -> float:
        number = float(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return Kind(f"a number from {low:,g} to {high:,g}", parse)


_FOLDER: Final = Kind("the path of a folder", _path)
_HOST: Final = Kind("an IP address or host name of this machine", _text)
_PORT: Final = _whole(0, 65_535)
_URL: Final = Kind("an http:// or https:// address without query", _url)
_BLOBS: Final = Kind(
    "`folder`, or an address such as `s3://bucket/prefix?endpoint_url=https://…&region=…` "
    "(options: endpoint_url, client_endpoint_url, region, addressing=path or virtual, profile, "
    "presigned=on or off)",
    read_place,
)
_NAME: Final = Kind("a legal user name: letters, digits, '.', '_' or '-'", check_entity_name)

Durability: TypeAlias = Literal["power", "process"]
Switch: TypeAlias = Literal["on", "off"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
LogFormat: TypeAlias = Literal["text", "json"]


def _setting(default: Any, kind: Kind, help: str, *, unit: str = "", shown: str = "") -> Any:  # noqa: A002 - it is what click and argparse call it
    facts = {"kind": kind, "help": help, "unit": unit, "shown": shown or str(default)}
    return dataclasses.field(default=default, metadata=facts)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided; see docs/settings.md, which is made from this class."""

    data: Path = _setting(
        Path("runstone-data"),
        _FOLDER,
        "The data folder; made at the first start. Everything that the server keeps is in it.",
    )
    blobs: BucketPlace | None = _setting(
        None,
        _BLOBS,
        "Where the bytes of files, media and artifacts are kept: in the data folder, or in a "
        "bucket that speaks S3 (docs/s3.md).",
        shown=FOLDER,
    )
    host: str = _setting(
        "127.0.0.1",
        _HOST,
        "The address to listen on. `0.0.0.0` or `::` opens the server to other machines.",
    )
    port: int = _setting(8470, _PORT, "The port to listen on; 0 takes any that is free.")
    public_url: str | None = _setting(
        None,
        _URL,
        "How browsers and clients reach the server, where a proxy stands before it.",
        shown="as each request says",
    )
    first_user: str | None = _setting(
        None,
        _NAME,
        "The administrator's name, used once: at the first start.",
        shown="your user name on this machine",
    )
    durability: Durability = _setting(
        "power",
        _choice("power", "process"),
        "What an acknowledged write survives: `power` waits for the disk at each commit; "
        "`process` survives a crash of the server, and a loss of power may take the last second.",
    )
    crash_after_s: float = _setting(
        300.0,
        _number(1, 31_536_000),
        "A running run that was silent for so long is marked as crashed (and is running again "
        "when it speaks again).",
        unit="seconds",
        shown="300",
    )
    trash_days: int = _setting(
        30,
        _whole(0, 36_500),
        "How long runs and projects that were deleted can be restored from the trash. Then they "
        "are removed with their files; 0 removes them within a minute.",
        unit="days",
    )
    retention_check_s: float = _setting(
        60.0,
        _number(0.1, 86_400),
        "How often versions of artifacts are looked for whose time to live is over, or that no "
        "retention rule keeps.",
        unit="seconds",
        shown="60",
    )
    max_body_mb: int = _setting(
        64,
        _whole(1, 4_096),
        "The largest JSON body of one request, after decompression.",
        unit="MiB",
    )
    max_upload_mb: int = _setting(
        65_536, _whole(1, 16_777_216), "The largest file of one upload.", unit="MiB"
    )
    wandb_history_files: Switch = _setting(
        "off",
        _choice("on", "off"),
        "Whether `wandb` clients are given the histories of ended runs as Parquet files, which "
        "`run.download_history_exports` needs. With `on`, `run.scan_history` reads them too: what "
        "a row has not logged then comes as None, and lists and media as JSON text; and the client "
        "keeps the files by the run's path for ever, whatever server stands behind it later.",
    )
    log_level: LogLevel = _setting(
        "info",
        _choice("debug", "info", "warning", "error"),
        "The least important events to log, on stderr.",
    )
    log_format: LogFormat = _setting(
        "text",
        _choice("text", "json"),
        "One line per event: `key=value` pairs for people, or JSON for machines.",
    )

    @property
    def max_body_bytes(self) -> int:
        """`max_body_mb` in bytes."""
        return self.max_body_mb * _MIB

    @property
    def max_upload_bytes(self) -> int:
        """`max_upload_mb` in bytes."""
        return self.max_upload_mb * _MIB


def declarations() -> tuple[Declaration, ...]:
    """All settings, in the order in which people should read about them."""
    return tuple(
        Declaration(
            name=field.name,
            kind=field.metadata["kind"],
            default=field.metadata["shown"],
            unit=field.metadata["unit"],
            help=field.metadata["help"],
        )
        for field in dataclasses.fields(Settings)
    )


def read_settings(
    flags: Mapping[str, str | None],
    environ: Mapping[str, str],
    *,
    config: Path | None = None,
) -> Settings:
    """Puts the settings together from all places where they may be.

    Args:
        flags: What the command line gave, by setting; None and absent mean not given.
        environ: The process's environment.
        config: The TOML file to read; else `RUNSTONE_CONFIG`, else `runstone.toml` in the data
            folder, where there is one.

    Raises:
        BadSetting: An unknown name, or a value that is not legal.
    """
    declared = {declaration.name: declaration for declaration in declarations()}
    given = {name: text for name, text in flags.items() if text is not None}
    values = {
        name: _parse(declared[name], text, declared[name].flag) for name, text in given.items()
    }
    for name, value in _from_environment(declared, environ).items():
        values.setdefault(name, value)
    chosen = config or (Path(environ[CONFIG_ENV]) if environ.get(CONFIG_ENV) else None)
    file = chosen or values.get("data", Settings().data) / CONFIG_NAME
    if chosen is not None and not chosen.is_file():
        raise BadSetting(f"There is no settings file {chosen}; check --config or {CONFIG_ENV}.")
    for name, value in _from_file(declared, file, is_in_folder=chosen is None).items():
        values.setdefault(name, value)
    return Settings(**values)


def data_folder(flag: str | None, environ: Mapping[str, str]) -> Path:
    """The data folder alone, for commands that need nothing else.

    Raises:
        BadSetting: An empty path.
    """
    declaration = declarations()[0]
    if flag is not None:
        return Path(_parse(declaration, flag, declaration.flag))
    if declaration.env in environ:
        return Path(_parse(declaration, environ[declaration.env], declaration.env))
    return Settings().data


def _from_environment(
    declared: Mapping[str, Declaration], environ: Mapping[str, str]
) -> dict[str, Any]:
    by_env = {declaration.env: declaration for declaration in declared.values()}
    values = {}
    for variable in sorted(environ):
        if not variable.startswith(ENV_PREFIX) or _NOT_OURS.fullmatch(variable):
            continue
        if variable == CONFIG_ENV or variable in CLIENT_VARIABLES:
            continue
        declaration = by_env.get(variable)
        if declaration is None:
            raise _unknown(f"The environment variable {variable}", variable, by_env)
        text = environ[variable]
        if declaration.name == "port" and _KUBERNETES_PORT.fullmatch(text):
            continue
        values[declaration.name] = _parse(declaration, text, variable)
    return values


def _from_file(
    declared: Mapping[str, Declaration], file: Path, *, is_in_folder: bool
) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"The settings file {file} cannot be read: {error}.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"The settings file {file} is not TOML: {error}.") from error
    values = {}
    for key, value in table.items():
        where = f"{file}, line {_line_of(text, key)}: {key}"
        declaration = declared.get(key)
        if declaration is None:
            raise _unknown(where, key, declared)
        if key == "data" and is_in_folder:
            raise BadSetting(
                f"{where} cannot be set in the data folder's own file; use --data, "
                f"{declaration.env} or a file given with --config."
            )
        if isinstance(value, (bool, dict, list)):
            value = repr(value)
        parsed = _parse(declaration, str(value), where)
        # A relative path in a file means: from where the file is.
        values[key] = file.parent / parsed if isinstance(parsed, Path) else parsed
    return values


def _parse(declaration: Declaration, text: str, where: str) -> Any:
    try:
        return declaration.kind.parse(text)
    except (ValueError, InvalidInput) as error:
        raise BadSetting(f"{where} must be {declaration.kind.legal}, not {text!r}.") from error


def _unknown(where: str, name: str, legal: Mapping[str, Any]) -> BadSetting:
    close = difflib.get_close_matches(name, legal, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return BadSetting(f"{where} is no setting.{hint} There are: {', '.join(legal)}.")


def _line_of(text: str, key: str) -> int | str:
    pattern = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return "?"
