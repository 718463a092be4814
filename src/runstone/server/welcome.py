"""What a person is told when the server is up: where it is, a way in, two lines to paste."""

from __future__ import annotations

import getpass
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runstone import __version__
from runstone.domain.access import OPERATOR
from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_entity_name
from runstone.ports.store import Store, Transaction
from runstone.server.settings import Settings
from runstone.services.accounts import create_first_user, create_key, list_users
from runstone.services.signin import create_sign_in_link

FIRST_KEY_NAME: Final = "first key"
SIGN_IN_PATH: Final = "/signin?token="


@dataclass(frozen=True, slots=True)
class Welcome:
    """The facts of the greeting.

    Attributes:
        created_user: The administrator who was made, at the first start alone.
        api_key: Of that administrator; later starts know only hashes.
        link_token: Signs an administrator in, once; None where there is no administrator left.
    """

    created_user: str | None
    api_key: str | None
    link_user: str | None
    link_token: str | None


def prepare_welcome(store: Store, settings: Settings) -> Welcome:
    """Makes the administrator of an empty server, and the way in.

    Raises:
        Unavailable: It could not be stored.
    """
    wanted = settings.first_user or own_name()

    def prepare(tx: Transaction) -> Welcome:
        created = create_first_user(tx, wanted)
        secret = None
        if created is not None:
            _, secret = create_key(tx, OPERATOR, created.username, name=FIRST_KEY_NAME)
        administrators = [user for user in list_users(tx, OPERATOR) if user.is_admin]
        if not administrators:
            return Welcome(None, None, None, None)
        oldest = min(administrators, key=lambda user: user.id).username
        return Welcome(
            created_user=created.username if created else None,
            api_key=secret,
            link_user=oldest,
            link_token=create_sign_in_link(tx, OPERATOR, oldest),
        )

    return store.write(prepare).result()


def welcome_text(welcome: Welcome, *, url: str, folder: Path, is_open: bool) -> str:
    """What is printed once the server answers.

    Args:
        url: How to reach it from here.
        is_open: Whether other machines can reach it.
    """
    command = own_command()
    data = _quoted(str(folder))
    lines = [
        f"Runstone {__version__} listens on {url}",
        f"Data folder: {folder}",
    ]
    if is_open:
        lines.append("Other machines can reach it; nothing is open without a key or a sign-in.")
    if welcome.created_user:
        lines += ["", f"First start: {welcome.created_user} is the administrator."]
    if welcome.link_token:
        who = "" if welcome.created_user else f" as {welcome.link_user}"
        lines += [
            "",
            f"Sign in{who} (works once, within a day):",
            f"  {url}{SIGN_IN_PATH}{welcome.link_token}",
        ]
    key = welcome.api_key or f'"$({command} admin key create --quiet --data {data})"'
    lines += [
        "",
        "Log runs to it; paste into the shell that trains:",
        f"  {_setting('WANDB_BASE_URL', url)}",
        f"  {_setting('WANDB_API_KEY', key)}",
    ]
    if welcome.api_key:
        lines += [
            f"  (the key is shown this once; `{command} admin key create --data {data}` makes more)"
        ]
    lines += ["", f"Stop it with Ctrl-C or `{command} down --data {data}`."]
    return "\n".join(lines) + "\n"


def own_command() -> str:
    """How this program is called from any shell of this machine, quoted for it."""
    invoked = Path(sys.argv[0])
    if not (invoked.stem == "runstone" and invoked.exists()):
        # A module (a detached server is one): the command of the same environment is beside Python.
        beside = shutil.which("runstone", path=str(Path(sys.executable).parent))
        if beside is None:
            return f"{_program(sys.executable)} -m runstone"
        invoked = Path(beside)
    found = shutil.which("runstone")
    if found and Path(found).resolve() == invoked.resolve():
        return "runstone"
    return _program(invoked.absolute())


if sys.platform == "win32":
    # PowerShell's words: the shell of every Windows that Python supports.

    def _setting(name: str, value: str) -> str:
        return f"$env:{name} = {value if '$(' in value else _quoted(value)}"

    def _quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def _program(path: str | Path) -> str:
        return f"& {_quoted(str(path))}"

else:

    def _setting(name: str, value: str) -> str:
        return f"export {name}={value}"

    def _quoted(text: str) -> str:
        return shlex.quote(text)

    def _program(path: str | Path) -> str:
        return shlex.quote(str(path))


def prepare_first_user(store: Store, settings: Settings) -> None:
    """Makes the administrator of an empty server, who is greeted when a person starts it.

    Raises:
        Unavailable: It could not be stored.
    """
    wanted = settings.first_user or own_name()
    store.write(lambda tx: create_first_user(tx, wanted)).result()


def own_name() -> str:
    """What the user of this process may be called as a user of a server."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "admin"
    try:
        return check_entity_name(re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-"))
    except InvalidInput:
        return "admin"
