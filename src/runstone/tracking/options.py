"""`runstone.Settings`: everything that the client can be told, typed, with the variable it has.

What is said in `init()` goes first, then `init(settings=…)`, then `runstone.setup(…)`, then
`RUNSTONE_…`, then the variable of the wandb client that means the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_type_hints

from runstone.domain.errors import InvalidInput
from runstone.tracking.settings import said
from runstone.tracking.terminal import warn


def _setting(
    variable: str,
    doc: str,
    *,
    wandb: str | None = "",
    default: str = "",
    is_secret: bool = False,
) -> Any:
    """A field; `wandb` is the other client's variable where it is not called the same.

    A secret one is not shown: what a cell of a notebook returns is saved with it.
    """
    other = f"WANDB_{variable}" if wandb == "" else wandb
    return field(
        default=None,
        repr=not is_secret,
        metadata={"variable": variable, "wandb": other, "doc": doc, "default": default},
    )


class _Translating(type):
    """Takes what wandb's class of that name takes, whose words are other ones, or mean nothing."""

    if not TYPE_CHECKING:  # whose users are to know ours

        def __call__(cls, **given: Any) -> Any:
            return super().__call__(**_translated(given))


@dataclass(slots=True, kw_only=True)
class Settings(metaclass=_Translating):
    """What the client is told; None leaves it to the surroundings, or to the default.

    Names of wandb's are taken for ours that mean the same; others are said once and passed over.

    Raises:
        InvalidInput: A value that is not legal: says which, and what is.
    """

    project: str | None = _setting("PROJECT", "The project of runs.", default="uncategorized")
    entity: str | None = _setting("ENTITY", "Whose runs they are.", default="yours")
    mode: Literal["online", "offline", "local", "disabled"] | None = _setting(
        "MODE", "How runs are kept; see `init`.", default="online"
    )
    run_id: str | None = _setting("RUN_ID", "The run's id.", default="made up")
    run_name: str | None = _setting("NAME", "The run's name.", default="made up")
    run_notes: str | None = _setting("NOTES", "The run's notes.")
    run_tags: tuple[str, ...] | None = _setting("TAGS", "The run's tags, joined with commas.")
    run_group: str | None = _setting("RUN_GROUP", "The run's group.")
    run_job_type: str | None = _setting("JOB_TYPE", "The run's job type.")
    resume: Literal["allow", "must", "never", "auto"] | None = _setting(
        "RESUME", "Whether the run may be there, must be, must not be; see `init`."
    )
    resume_timeout: float | None = _setting(
        "RESUME_TIMEOUT",
        "Seconds that `init()` waits for the server to say how a run goes on.",
        wandb="WANDB_INIT_TIMEOUT",
        default="10",
    )
    finish_timeout: float | None = _setting(
        "FINISH_TIMEOUT", "Seconds that the end of a run waits for the server.", wandb=None,
        default="60",
    )  # fmt: skip
    root_dir: str | None = _setting(
        "DIR",
        "Where folders of runs lie; with `WANDB_DIR`, in `runstone` below it.",
        default="./runstone",
    )
    base_url: str | None = _setting("URL", "The server.", wandb="WANDB_BASE_URL")
    api_key: str | None = _setting("API_KEY", "The API key for it.", is_secret=True)
    console: Literal["wrap", "redirect", "off"] | None = _setting(
        "CONSOLE", "How output is captured.", default="wrap"
    )
    system_metrics: bool | None = _setting(
        "SYSTEM_METRICS", "Whether the machine is looked at.", wandb=None, default="on"
    )
    system_metrics_interval: float | None = _setting(
        "SYSTEM_METRICS_INTERVAL", "Seconds from look to look.", wandb=None, default="15"
    )
    disable_code: bool | None = _setting("DISABLE_CODE", "Keep no code.", default="off")
    disable_git: bool | None = _setting("DISABLE_GIT", "Do not look at git.", default="off")
    keep_secrets: bool | None = _setting(
        "KEEP_SECRETS",
        "Keep what looks like a secret in the config (`password`, `api_key`, …).",
        wandb=None,
        default="off",
    )
    silent: bool | None = _setting("SILENT", "Say nothing at all.", default="off")
    quiet: bool | None = _setting("QUIET", "Say what went wrong, and no more.", default="off")
    shared: bool | None = _setting(
        "SHARED", "The processes of one launch are one run.", wandb=None, default="off"
    )
    label: str | None = _setting(
        "LABEL", "What this process of a shared run is called; see `init`.", wandb="WANDB_X_LABEL"
    )
    primary: bool | None = _setting(
        "PRIMARY",
        "Whether this process of a shared run leads it.",
        wandb="WANDB_X_PRIMARY",
        default="rank 0 does",
    )
    reinit: Literal["default", "finish_previous", "return_previous", "create_new"] | None = (
        _setting("REINIT", "What `init()` does while another run goes on; see there.", wandb=None)
    )
    data: str | None = _setting(
        "DATA", "The data folder of mode `local`.", wandb=None, default="./runstone-data"
    )
    stop_on_request: bool | None = _setting(
        "STOP_ON_REQUEST",
        "Whether the script gets a KeyboardInterrupt when somebody stops the run on the server.",
        wandb=None,
        default="on",
    )

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None:
                setattr(self, one.name, _checked(one.name, value, hints[one.name]))

    @classmethod
    def of_surroundings(cls) -> Settings:
        """What the environment says, and `setup()`.

        Raises:
            InvalidInput: A variable that is not legal.
        """
        found: dict[str, Any] = {one.name: said(one.metadata["variable"]) for one in fields(cls)}
        return cls(**found)

    def as_variables(self) -> dict[str, str]:
        """What is said here, as the environment would say it."""
        found = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None:
                found[str(one.metadata["variable"])] = _as_text(value)
        return found

    def over(self, other: Settings) -> Settings:
        """What is said here, and where nothing is, what `other` says."""
        return Settings(
            **{
                one.name: getattr(other, one.name)
                if getattr(self, one.name) is None
                else getattr(self, one.name)
                for one in fields(self)
            }
        )


_OTHER_WORDS: Final = {
    "init_timeout": "resume_timeout",
    "x_stats_sampling_interval": "system_metrics_interval",
    "x_label": "label",
    "x_primary": "primary",
}
"""wandb's names of settings that are called otherwise here."""
_OPPOSITES: Final = {
    "x_disable_stats": "system_metrics",
    "save_code": "disable_code",
}
"""Those that say no where ours say yes."""


def read_settings(settings: Settings | Mapping[str, Any] | None) -> Settings:
    """Settings of whatever was given; wandb's that mean nothing here are said, and passed over.

    Raises:
        InvalidInput: A value that is not legal.
    """
    if settings is None:
        return Settings()
    if isinstance(settings, Settings):
        return settings
    if not isinstance(settings, Mapping):
        raise InvalidInput(f"settings is {settings!r}; give runstone.Settings or a dictionary.")
    return Settings(**settings)


def _translated(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, by our names."""
    ours = {one.name for one in fields(Settings)}
    found: dict[str, Any] = {}
    for said_name, value in given.items():
        # Names of before 0.19 begin with a bare underscore.
        name = f"x{said_name}" if said_name.startswith("_") else said_name
        if name == "mode" and value == "shared":
            found["shared"] = True
        elif name in _OPPOSITES:
            if value is not None:
                other = _OPPOSITES[name]
                found[other] = not _flag(said_name, value)
        elif (other := _OTHER_WORDS.get(name, name)) in ours:
            found[other] = value
        else:
            from difflib import get_close_matches

            near = get_close_matches(said_name, ours, 1, 0.8)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            warn(f"the setting {said_name!r} means nothing here and is passed over{hint}")
    return found


def settings_table() -> str:
    """All of them, for docs/settings.md."""
    rows = [
        "| `Settings` | variable | of wandb | default | what it does |",
        "|---|---|---|---|---|",
    ]
    for one in fields(Settings):
        said_of = one.metadata
        wandb = f"`{said_of['wandb']}`" if said_of["wandb"] else ""
        default = f"`{said_of['default']}`" if said_of["default"] else ""
        rows.append(
            f"| `{one.name}` | `RUNSTONE_{said_of['variable']}` | {wandb} | {default} | "
            f"{said_of['doc']} |"
        )
    return "\n".join(rows) + "\n"


def _checked(name: str, value: Any, hint: Any) -> Any:
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    kind = kinds[0]
    if kind is bool:
        return _flag(name, value)
    if kind is float:
        return _seconds(name, value)
    if words := [word for word in get_args(kind) if isinstance(word, str)]:
        if name == "resume":
            return _resume(value)
        if name == "reinit" and value in (True, False):
            return "finish_previous" if value else "default"
        if name == "mode":
            value = {"run": "online", "dryrun": "offline"}.get(value, value)
        if name == "console":
            from runstone.tracking.console import console_mode

            return console_mode(str(value))
        if value not in words:
            raise InvalidInput(f"{name} is {value!r}; it must be {', '.join(words)}.")
        return value
    if name == "run_tags":
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(tag for tag in (str(part).strip() for part in parts) if tag)
    return str(value)


def _resume(value: Any) -> str | None:
    from runstone.tracking.resuming import read_word

    return read_word(value)


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("", "0", "false", "no", "off"):
        return False
    raise InvalidInput(f"{name} is {value!r}; it must be on or off.")


def _seconds(name: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not seconds >= 0:
        raise InvalidInput(f"{name} is {value!r}; it must be a number of seconds.")
    return seconds


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)
