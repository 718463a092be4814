"""Ways to a server that takes runs: one of the network, or a data folder of this machine.

What is needed to go through one is imported when it is opened, in the thread that sends.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runstone.domain.errors import Unavailable
from runstone.tracking.background import importing

if TYPE_CHECKING:
    from runstone.sdk.settings import Server
    from runstone.tracking.http import HttpClient

_EMBEDDED: Final = "runstone.server.embedded"
"""By name: the base install has no server in it, and the rooms do not know each other."""


class Door(ABC):
    """Leads to a server.

    Attributes:
        moves: Who serves may change: where nobody answers, it is opened again.
        lasts: Addresses of pages are good when this process is gone.
        option: Of `runstone sync`, where it is to go through this door, too.
    """

    moves = False
    lasts = True
    option = ""

    def __init__(self) -> None:
        self._client: HttpClient | None = None

    @property
    @abstractmethod
    def said(self) -> tuple[str | None, str | None]:
        """Address and API key as far as they are known; None for what the surroundings say."""

    def open(self) -> HttpClient:
        """To the server as it is found now.

        Raises:
            RunstoneError: There is none, or no way in.
        """
        with importing():
            from runstone import __version__
            from runstone.tracking.http import HttpClient

        self.close()
        self._client = HttpClient(self.find(), user_agent=f"runstone-python/{__version__}")
        return self._client

    @abstractmethod
    def find(self) -> Server:
        """The server, and the key that opens it."""

    def where(self, address: str) -> str:
        """Where all of a run is now, for people.

        Args:
            address: Of its page while the door was open.
        """
        return f"at {address}"

    def close(self) -> None:
        """Ends connections. Repeatable."""
        if self._client is not None:
            self._client.close()
            self._client = None


class NetworkDoor(Door):
    """To the server that the caller or the surroundings name; see `sdk.settings`."""

    def __init__(self, url: str | None, api_key: str | None) -> None:
        super().__init__()
        self._said = (url, api_key)

    @property
    def said(self) -> tuple[str | None, str | None]:
        """As it was given."""
        return self._said

    def find(self) -> Server:
        """See `find_server`."""
        with importing():
            from runstone.sdk.settings import find_server

        return find_server(*self._said)


class LocalDoor(Door):
    """To a data folder: through whoever serves it, else this process does while the door is open.

    Args:
        folder: The data folder; made where it is missing.
    """

    moves = True

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.lasts = False
        self._folder = folder
        self.option = f"--data {folder} "
        self._place: Any = None

    @property
    def said(self) -> tuple[str | None, str | None]:
        """Of who serves the folder now; nothing before it was opened."""
        place = self._place
        return (None, None) if place is None else (place.server.url, place.server.api_key)

    def find(self) -> Server:
        """Takes the folder, or finds who has it.

        Raises:
            Unavailable: The server is not installed, or the folder cannot be used now.
        """
        try:
            embedded = import_module(_EMBEDDED)
        except ModuleNotFoundError as error:
            raise Unavailable(
                'Mode "local" needs the server, which is not installed: '
                "`pip install 'runstone[server]'`.",
                code="no-server-installed",
            ) from error
        self._place = embedded.enter(self._folder)
        self.lasts = self._place.lasts
        server: Server = self._place.server
        return server

    def where(self, address: str) -> str:
        """The folder, unless a server has it: else the address is gone with whoever served it."""
        if self.lasts:
            return super().where(address)
        return f"in {self._folder}; to look at it: runstone up --data {self._folder}"

    def close(self) -> None:
        """Lets go of the folder, where no other run of this process is at it."""
        super().close()
        place, self._place = self._place, None
        if place is not None:
            place.leave()
