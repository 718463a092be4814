"""The config of a run: what it was given. Any source of hyperparameters, read the same way."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.tracking.concealing import REDACTED, without_secrets
from runstone.tracking.encoding import plain
from runstone.tracking.settings import keeps_secrets
from runstone.tracking.terminal import warn

Set: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]


class Config(MutableMapping[str, Any]):
    """What the run was given: by key, and as attributes.

    Example:
        run.config["lr"] = 0.1
        run.config.update({"model": "resnet", "depth": 50})
        run.config.depth  # 50

    What changes is sent; a value within a nested dictionary is changed by setting its whole key.
    A value that was there may be changed: it is said once for each key, unless
    `allow_val_change=True` says that it is meant, and is an error with `allow_val_change=False`.

    What looks like a secret by its key (`password`, `api_key`, …) is `(redacted)` in the run, while
    the script finds it here; `RUNSTONE_KEEP_SECRETS=true` keeps it.
    """

    def __init__(self, keep: Set, *, allow_val_change: bool | None = None) -> None:
        """Begins empty.

        Args:
            keep: Records values, and returns them as they are kept.
            allow_val_change: Where a call does not say.
        """
        object.__setattr__(self, "_keep", keep)
        object.__setattr__(self, "_allows", allow_val_change)
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_said", set())
        object.__setattr__(self, "_said_secrets", set())

    def __getitem__(self, key: str) -> Any:
        return self.__dict__["_values"][key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._set({_name(key): value}, None)

    def __delitem__(self, key: str) -> None:
        raise InvalidInput(
            f"config[{key!r}] stays: what a run was given is not taken back. Set another value."
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_values"])

    def __len__(self) -> int:
        return len(self.__dict__["_values"])

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"the run's config has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __repr__(self) -> str:
        return repr(self.__dict__["_values"])

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, such as one in a checkpoint, is what it is now, and sets nothing of the run."""
        return _copied, (self.as_dict(),)

    def as_dict(self) -> dict[str, Any]:
        """A copy of it."""
        return dict(self.__dict__["_values"])

    def update(
        self, values: Any = (), /, allow_val_change: bool | None = None, **more: Any
    ) -> None:
        """Sets several values at once.

        Args:
            values: A mapping, an `argparse.Namespace`, a dataclass, flags of absl, a pydantic
                model, or the path of a JSON or YAML file.
            allow_val_change: Whether values that are there may be changed; by default they are,
                and it is said.
            more: More of them.

        Raises:
            InvalidInput: It is nothing of that kind; or a value would change, and must not.
        """
        self._set(read_config(values) | more, allow_val_change)

    def setdefaults(self, values: Any) -> None:
        """Sets those that are not set yet."""
        known = self.__dict__["_values"]
        self._set({k: v for k, v in read_config(values).items() if k not in known}, None)

    def go_on_from(self, values: Mapping[str, Any]) -> None:
        """What an earlier life of the run was given counts where this one said nothing."""
        own = self.__dict__["_values"]
        object.__setattr__(self, "_values", {**values, **own})

    def _set(self, values: Mapping[str, Any], allows: bool | None) -> None:
        if not values:
            return
        known = self.__dict__["_values"]
        if allows is None:
            allows = self.__dict__["_allows"]
        before = {key: known[key] for key in values if key in known}
        if allows is False:
            for key, old in before.items():
                if values[key] != old:
                    raise InvalidInput(
                        f"config[{key!r}] is {_shown(key, old)} and would become "
                        f"{_shown(key, values[key])}; allow_val_change=True lets it.",
                        code="config-changed",
                    )
        known.update(self._kept(values))
        if allows is None:
            self._say_changes(before)

    def _kept(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Records values; secrets are known to the script alone, which has use for them."""
        keep: Set = self.__dict__["_keep"]
        if keeps_secrets():
            return keep(values)
        safe, secrets = without_secrets(values)
        kept = keep(safe)
        if secrets:
            kept |= {key: plain(value) for key, value in values.items() if safe[key] is not value}
            said = self.__dict__["_said_secrets"]
            if new := [key for key in secrets if key not in said]:
                said.update(new)
                looks = "looks like a secret" if len(new) == 1 else "look like secrets"
                warn(
                    f"config: {_listed(new)} {looks}, and the run says {REDACTED} there; "
                    "RUNSTONE_KEEP_SECRETS=true keeps what the script says"
                )
        return kept

    def _say_changes(self, before: Mapping[str, Any]) -> None:
        known, said = self.__dict__["_values"], self.__dict__["_said"]
        for key, old in before.items():
            # Twice the same: NaN, too.
            if key not in said and known[key] != old and repr(known[key]) != repr(old):
                said.add(key)
                warn(
                    f"config[{key!r}] was {_shown(key, old)} and is {_shown(key, known[key])} now "
                    "(allow_val_change=True where it is meant)"
                )


def _copied(values: dict[str, Any]) -> Config:
    copy = Config(dict, allow_val_change=True)
    copy.__dict__["_values"].update(values)
    return copy


class ConfigCopy(Mapping[str, Any]):
    """A config as it was at a moment: by key, and as attributes."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))

    def __getitem__(self, key: str) -> Any:
        return self.__dict__["_values"][key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_values"])

    def __len__(self) -> int:
        return len(self.__dict__["_values"])

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"the run's config had no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"config_static stays as it is: set run.config[{name!r}]")

    def __reduce__(self) -> tuple[Any, ...]:
        return ConfigCopy, (dict(self),)

    def __repr__(self) -> str:
        return repr(self.__dict__["_values"])


def read_config(
    values: Any,
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Keys and values of whatever holds hyperparameters; keys are texts, without dashes around.

    Args:
        include: Only these keys.
        exclude: All but these.

    Raises:
        InvalidInput: It holds none, or a file of it cannot be read.
    """
    if include and exclude:
        raise InvalidInput("config_include_keys and config_exclude_keys exclude each other.")
    found = {_name(key): value for key, value in _items_of(values).items()}
    if include:
        return {key: value for key, value in found.items() if key in set(include)}
    if exclude:
        return {key: value for key, value in found.items() if key not in set(exclude)}
    return found


def _items_of(values: Any) -> Mapping[Any, Any]:
    if values is None:
        return {}
    if isinstance(values, Mapping):
        return values
    if isinstance(values, (str, Path)):
        return _of_file(Path(values))
    if callable(flags := getattr(values, "flag_values_dict", None)):  # absl
        found: Mapping[Any, Any] = flags()
        return found
    if callable(dump := getattr(values, "model_dump", None)):  # pydantic
        dumped: Mapping[Any, Any] = dump()
        return dumped
    if hasattr(type(values), "__dataclass_fields__") and not isinstance(values, type):
        from dataclasses import asdict

        return asdict(values)
    if callable(getattr(values, "keys", None)):
        return {key: values[key] for key in values.keys()}  # noqa: SIM118 - no mapping, keys alone
    try:
        return dict(values)
    except (TypeError, ValueError):
        pass
    try:
        return dict(vars(values))  # argparse.Namespace and its like
    except TypeError:
        raise InvalidInput(
            f"config is {values!r:.80}; give a dictionary, a Namespace, a dataclass or the path of "
            "a JSON or YAML file."
        ) from None


def _of_file(path: Path) -> Mapping[Any, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"The config file {path} cannot be read: {reason}.") from error
    try:
        loaded = json.loads(text) if path.suffix == ".json" else _yaml(text, path)
    except ValueError as error:
        raise InvalidInput(f"The config file {path} is not understood: {error}.") from error
    if not isinstance(loaded, dict):
        raise InvalidInput(f"The config file {path} holds no keys and values.")
    if "wandb_version" in loaded or (loaded and all(map(_is_described, loaded.values()))):
        # As wandb has it: each value with a description beside it, or none.
        return {
            key: entry["value"]
            for key, entry in loaded.items()
            if isinstance(entry, dict) and "value" in entry and key != "_wandb"
        }
    return loaded


def _is_described(entry: Any) -> bool:
    return isinstance(entry, dict) and "value" in entry and entry.keys() <= {"value", "desc"}


def _yaml(text: str, path: Path) -> Any:
    try:
        import yaml  # type: ignore[import-untyped,unused-ignore]  # only for those who have it
    except ImportError:
        raise InvalidInput(
            f"{path} is read with PyYAML, which is not installed: pip install pyyaml, or write it "
            "as JSON.",
            code="missing-package",
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _name(key: Any) -> str:
    return sys.intern(str(key).strip("-"))


def _listed(keys: list[str]) -> str:
    shown = ", ".join(map(repr, keys[:_MAX_LISTED]))
    return shown if len(keys) <= _MAX_LISTED else f"{shown} and {len(keys) - _MAX_LISTED} more"


_MAX_LISTED: Final = 5


def _shown(key: str, value: Any) -> str:
    """A value as people are shown it, who may be others than they that wrote the script."""
    text = repr(without_secrets({key: value})[0][key])
    return text if len(text) <= 60 else text[:59] + "…"
