"""Files on this machine that are to be read: found, opened, and told of where that fails."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from runstone.domain.errors import InvalidInput, NotFound


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder by their names in it, with `/` between folders, in order of names.

    Links to files are files. Folders without files are nothing.

    Raises:
        InvalidInput: One is a link to a folder or to nothing, neither file nor folder, or may not
            be listed.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(folder, error) from error
    for entry in found:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            for below, place in files_below(path):
                yield f"{entry.name}/{below}", place
        else:
            check_file(path)
            yield entry.name, path


def check_file(path: Path) -> os.stat_result:
    """What is known of a file that is to be read.

    Raises:
        NotFound: Nothing is there.
        InvalidInput: It is a link to nothing or to a folder, or no file.
    """
    try:
        facts = path.stat()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise InvalidInput(
                f"{path} is a link to {os.readlink(path)}, where nothing is: remove the link, or "
                "mend it.",
                code="broken-link",
            ) from error
        raise NotFound(f"There is no file {path}.", code="no-such-file") from error
    except OSError as error:
        raise unreadable(path, error) from error
    if stat.S_ISDIR(facts.st_mode):
        if path.is_symlink():
            raise InvalidInput(
                f"{path} is a link to the folder {os.readlink(path)}: links to folders are not "
                "followed, since they may lead in circles. Add that folder itself under this name.",
                code="link-to-folder",
            )
        raise InvalidInput(f"{path} is a folder: add it with add_dir().", code="is-folder")
    if not stat.S_ISREG(facts.st_mode):
        raise InvalidInput(
            f"{path} is no file but a pipe, a socket or a device: it has no bytes to keep.",
            code="not-a-file",
        )
    return facts


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A file opened to be read.

    Raises:
        InvalidInput: It may not be read, or breaks off (code `unreadable`).
    """
    try:
        with path.open("rb", buffering=0) as file:
            yield file
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> InvalidInput:
    """What a file or folder that cannot be read is told as."""
    return InvalidInput(
        f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
        code="unreadable",
        path=str(path),
    )
