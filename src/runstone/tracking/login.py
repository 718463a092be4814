"""`runstone.login()` and `runstone.setup()`: where runs go, and with whose rights."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from runstone.domain.errors import InvalidInput, Unauthenticated
from runstone.sdk.settings import Server, find_server, keep_login
from runstone.sdk.transport import Transport
from runstone.tracking.settings import set_up, set_up_value
from runstone.tracking.terminal import say, warn

if TYPE_CHECKING:
    from runstone.tracking.options import Settings


class _Me(msgspec.Struct):
    user: _User


class _User(msgspec.Struct):
    username: str


def login(
    key: str | None = None,
    relogin: bool | None = None,
    host: str | None = None,
    force: bool | None = None,
    timeout: int | None = None,
    verify: bool = True,
    referrer: str | None = None,
    prompt: bool = True,
    anonymous: object = None,
) -> bool:
    """Says with which key runs are sent, and keeps it for the next time.

    Without a key, the one that the surroundings or an earlier login say is taken; where there is
    none, and somebody sits at the terminal, they are asked.

    Args:
        key: Of the API, from the page of your account.
        relogin: Asks for a key, though there is one.
        host: The server's address; by default the one that the surroundings name.
        force: wandb's word; a login is an error where it fails, in any case.
        timeout: Seconds to wait for somebody who types; wandb's word, and nobody is hurried here.
        verify: Asks the server whether it knows the key.
        referrer: wandb's word; it means nothing here.
        prompt: Whether somebody may be asked.
        anonymous: wandb's word; it means nothing here.

    Returns:
        True.

    Raises:
        InvalidInput: No server is named, or by no address.
        Unauthenticated: There is no key, or the server does not know it.
        Unavailable: The server does not answer.
    """
    if anonymous:
        warn("login(anonymous=…) means nothing here and is passed over")
    server = _server(key, host, asks=prompt, relogin=bool(relogin))
    if verify:
        from runstone import __version__

        transport = Transport(server, user_agent=f"runstone-python/{__version__}")
        try:
            who = transport.get(_Me, ("me",)).user.username
        finally:
            transport.close()
        say(f"logged in to {server.url} as {who}")
    if key or relogin or host:
        keep_login(server)
        set_up({"URL": server.url, "API_KEY": server.api_key})
    return True


def setup(settings: Settings | Mapping[str, Any] | None = None) -> Settings:
    """Says to this process what `init()` takes where it is not told; returns what counts now.

    Raises:
        InvalidInput: A value that is not legal.
    """
    from runstone.tracking.options import Settings, read_settings

    set_up(read_settings(settings).as_variables())
    return Settings.of_surroundings()


def teardown(exit_code: int | None = None) -> None:
    """Ends every run of this process."""
    from runstone.tracking.active_runs import current, forget

    while (run := current()) is not None:
        run.finish(exit_code)
        forget(run)  # also where another thread is at it still


def _server(key: str | None, host: str | None, *, asks: bool, relogin: bool) -> Server:
    url = host or set_up_value("URL")
    if key or not relogin:
        try:
            return find_server(url, key or set_up_value("API_KEY"))
        except Unauthenticated:
            if not asks or not _is_attended():
                raise
    if not asks or not _is_attended():
        raise InvalidInput("login(relogin=True) needs a key, or somebody who types it.")
    server = find_server(url, "asked for")
    from getpass import getpass

    typed = getpass(f"API key for {server.url} (its page: {server.url}/authorize): ").strip()
    if not typed:
        raise Unauthenticated(f"No API key for {server.url} was typed.", code="no-credentials")
    return Server(server.url, typed)


def _is_attended() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
