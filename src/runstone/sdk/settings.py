"""Which server is read from, and with which API key.

What is said in code goes first, then Runstone's own variables, then those of the wandb client, then
what `runstone login` left behind, then what `wandb login` did: the address in its settings file,
the key in the netrc file.

A key goes to the server that it is for and to no other: one of the environment to the server that
the environment names, one of the netrc file to its host.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from runstone.domain.errors import InvalidInput, Unauthenticated
from runstone.sdk.errors import CannotWrite

API: Final = "/api/v1"
"""Where its API is, below a server's address."""
URL_ENV: Final = "RUNSTONE_URL"
API_KEY_ENV: Final = "RUNSTONE_API_KEY"
_KEYS_AND_URLS: Final = ((API_KEY_ENV, URL_ENV), ("WANDB_API_KEY", "WANDB_BASE_URL"))
"""Variables of keys, each with the one that names the server that its key is for."""
_HOW: Final = (
    f"set {URL_ENV} and {API_KEY_ENV} (WANDB_BASE_URL and WANDB_API_KEY count as well), or run "
    "`runstone login --host URL` once"
)


CLIENT_VARIABLES: Final = frozenset(
    f"RUNSTONE_{name}"
    for name in [
        "API_KEY",
        "ATTACH",
        "CACHE_DIR",
        "CACHE_SIZE",
        "CONSOLE",
        "DIR",
        "DISABLE_CODE",
        "DISABLE_GIT",
        "ENTITY",
        "FINISH_TIMEOUT",
        "JOB_TYPE",
        "KEEP_SECRETS",
        "MODE",
        "NAME",
        "NOTES",
        "PRIMARY",
        "PROJECT",
        "QUIET",
        "RESUME",
        "RESUME_TIMEOUT",
        "RUN_GROUP",
        "RUN_ID",
        "SHARED",
        "SILENT",
        "SYSTEM_METRICS",
        "SYSTEM_METRICS_INTERVAL",
        "TAGS",
        "URL",
    ]
)
"""What this library and runs that log read: a server that meets them is not meant."""
CACHE_DIR_ENV: Final = "RUNSTONE_CACHE_DIR"
CACHE_SIZE_ENV: Final = "RUNSTONE_CACHE_SIZE"
DEFAULT_CACHE_BYTES: Final = 20_000_000_000


class Server(NamedTuple):
    """A server and the key that opens it.

    Attributes:
        url: Without a slash at its end.
    """

    url: str
    api_key: str

    def __repr__(self) -> str:
        return f"Server(url={self.url!r})"  # a key is nothing for logs


def proxy_of(scheme: str, host: str) -> str | None:
    """Through whom a host is asked, as the environment or the system says; mostly nobody."""
    is_named = any(name.lower().endswith("_proxy") for name in os.environ)
    if not is_named and sys.platform not in ("darwin", "win32"):
        return None
    # Imported here: it takes as long as a short run's last request.
    from urllib.request import getproxies, proxy_bypass

    return None if proxy_bypass(host) else getproxies().get(scheme)


def find_server(
    url: str | None = None,
    api_key: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
) -> Server:
    """The server that the caller or the surroundings say.

    Args:
        environ: The process's own, where none is given.

    Raises:
        InvalidInput: No server is named (code `no-server`), or by no address.
        Unauthenticated: There is no key for it (code `no-credentials`).
    """
    environ = os.environ if environ is None else environ
    url = url or _url_of(environ)
    if not url:
        raise InvalidInput(
            f"No server is named: give its URL, or {_HOW}. `runstone up` starts one on this "
            "machine.",
            code="no-server",
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(
            f"{url!r} is no address of a server: give http://… or https://….", code="no-server"
        )
    api_key = (
        api_key
        or _key_of(url, environ)
        or _logins(environ).keys.get(url.rstrip("/"))
        or _key_of_netrc(parts.netloc, environ)
    )
    if not api_key:
        unused = [names for names in _KEYS_AND_URLS if environ.get(names[0])]
        why = " ({} is for the server that {} names)".format(*unused[0]) if unused else ""
        raise Unauthenticated(
            f"There is no API key for {url}{why}: make one on {url.rstrip('/')}/authorize and give "
            f"it, or {_HOW}.",
            code="no-credentials",
        )
    return Server(url.rstrip("/"), api_key)


def keep_login(server: Server, *, environ: Mapping[str, str] | None = None) -> Path:
    """Keeps a server and its key for the next time, for this user alone; returns where.

    Raises:
        CannotWrite: The folder cannot be written.
    """
    environ = os.environ if environ is None else environ
    path = _login_file(environ)
    known = _logins(environ).keys | {server.url: server.api_key}
    text = json.dumps({"url": server.url, "keys": known}, indent=2) + "\n"
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        partial.replace(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}.") from error
    return path


class _Logins(NamedTuple):
    """What `runstone login` left: the server last logged in to, and keys by server."""

    url: str | None
    keys: dict[str, str]


def _logins(environ: Mapping[str, str]) -> _Logins:
    try:
        said = json.loads(_login_file(environ).read_bytes())
        url, keys = said["url"], said["keys"]
    except (OSError, ValueError, KeyError, TypeError):
        return _Logins(None, {})
    if not isinstance(url, str) or not isinstance(keys, dict):
        return _Logins(None, {})
    return _Logins(url, {str(name): str(key) for name, key in keys.items()})


def _login_file(environ: Mapping[str, str]) -> Path:
    if os.name == "nt" and (local := environ.get("APPDATA")):
        return Path(local) / "runstone" / "login.json"
    named = environ.get("XDG_CONFIG_HOME")
    return (Path(named) if named else _home(environ) / ".config") / "runstone" / "login.json"


def _url_of(environ: Mapping[str, str]) -> str | None:
    """The server that the surroundings name."""
    return (
        environ.get(URL_ENV)
        or environ.get("WANDB_BASE_URL")
        or _logins(environ).url
        or _url_of_wandb_login(environ)
    )


def _key_of(url: str, environ: Mapping[str, str]) -> str | None:
    """The key of the environment, where it is for that server."""
    for key_name, url_name in _KEYS_AND_URLS:
        found, meant = environ.get(key_name), environ.get(url_name) or _url_of(environ)
        if not found:
            continue
        # Without a server, wandb's key is for wandb.ai, and ours for whichever is named.
        if key_name == API_KEY_ENV if meant is None else _origin(meant) == _origin(url):
            return found
    return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where what was downloaded is kept for the next time."""
    environ = os.environ if environ is None else environ
    if named := environ.get(CACHE_DIR_ENV):
        return Path(named).expanduser()
    if os.name == "nt" and (local := environ.get("LOCALAPPDATA")):
        return Path(local) / "runstone" / "cache"
    shared = environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else _home(environ) / ".cache") / "runstone"


def cache_limit(environ: Mapping[str, str] | None = None) -> int:
    """How many bytes may be kept there; 0 keeps nothing.

    Raises:
        InvalidInput: The variable is no size.
    """
    environ = os.environ if environ is None else environ
    said = environ.get(CACHE_SIZE_ENV)
    return DEFAULT_CACHE_BYTES if not said else read_size(said)


def read_size(text: str) -> int:
    """Bytes, from `20GB`, `512 MiB` or a number.

    Raises:
        InvalidInput: It is no size.
    """
    found = re.fullmatch(_SIZE, text.strip(), re.IGNORECASE)
    if found is None:
        raise InvalidInput(f"{text!r} is no size: write 20GB, 512MiB or a number of bytes.")
    unit = (found[2] or "b").lower()
    step = 1_024 if "i" in unit else 1_000
    return int(float(found[1]) * step ** "bkmgt".index(unit[0]))


_SIZE: Final = r"(\d{1,15}(?:\.\d{1,6})?)\s*(b|[kmgt]i?b?)?"


def _home(environ: Mapping[str, str]) -> Path:
    found = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(found) if found else Path.home()


def _url_of_wandb_login(environ: Mapping[str, str]) -> str | None:
    folder = environ.get("WANDB_CONFIG_DIR")
    path = (Path(folder) if folder else _home(environ) / ".config" / "wandb") / "settings"
    if not os.path.exists(path):
        return None
    # Imported here, as below: a run that is told its server needs none of it.
    import configparser

    settings = configparser.ConfigParser(interpolation=None)
    try:
        settings.read(path, encoding="utf-8")
        return settings.get("default", "base_url", fallback=None)
    except (configparser.Error, OSError, UnicodeDecodeError):
        # Another program's file: one that cannot be read says nothing.
        return None


def _key_of_netrc(host: str, environ: Mapping[str, str]) -> str | None:
    named = environ.get("NETRC")
    home = _home(environ)
    for path in (Path(named),) if named else (home / ".netrc", home / "_netrc"):
        if not os.path.exists(path):
            continue
        import netrc

        try:
            # The host's own entry: `default` is for whoever asks for a password.
            entry = netrc.netrc(path).hosts.get(host)
        except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
            continue
        if entry is not None and entry[2]:
            return entry[2]
    return None
