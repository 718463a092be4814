"""What every reading command takes: which server; in which form; keys in a list."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import click

from runstone.cli.progress import Bar
from runstone.sdk import Api, Format, Frame, Runs
from runstone.sdk.groups import Groups
from runstone.sdk.paths import RunPath, read_path
from runstone.sdk.row_table import RowTable

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])

STDOUT: Final = "-"


def reads(command: Callable[Concatenate[Api, P], T]) -> Callable[..., T]:
    """Gives a command the flags that say which server, and its `Api` as first argument."""

    @click.option("--url", metavar="URL", help="The server.  Default: RUNSTONE_URL.")
    @click.option(
        "--api-key",
        "--key",
        "api_key",
        metavar="KEY",
        help="Whose rights to use.  Default: RUNSTONE_API_KEY.",
    )
    @functools.wraps(command)
    def opened(*args: Any, url: str | None, api_key: str | None, **kwargs: Any) -> T:
        with Api(url, api_key) as api:
            return command(api, *args, **kwargs)

    return opened


def names_run(path: str) -> bool:
    """Whether an address is a run's; a project's is the other kind, `project` alone included.

    Raises:
        InvalidInput: It is neither.
    """
    return "/" in path.strip("/") and isinstance(read_path(path), RunPath)


_MOST: Final = 2**53


class _Count(click.ParamType[int]):
    """A number of things."""

    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        text = str(value).replace(",", "").replace("_", "")
        if not text.isdecimal():
            self.fail(f"{value!r} is no number of things.", param, ctx)
        # More than anything has: as good as all, where a longer number would not fit.
        return int(text) if len(text) < len(str(_MOST)) else _MOST


COUNT: Final = _Count()

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

filter_option = click.option(
    "--filter",
    "query",
    metavar="FILTER",
    help="Only runs that meet it: config.lr < 1e-3 and state == 'finished'.",
)
sort_option = click.option(
    "--sort",
    metavar="KEYS",
    help="Keys separated by commas, - before one for high to low.  Default: newest first.",
)


@dataclass(frozen=True, slots=True)
class Form:
    """In which form a table is wanted.

    Attributes:
        format: None for a table that people read, and for a JSON document.
        target: A file, or `-` for standard output.
    """

    is_json: bool = False
    format: Format | None = None
    target: str = STDOUT

    @property
    def is_for_people(self) -> bool:
        """Aligned, cut to the terminal, with the first rows alone."""
        return not self.is_json and self.format is None

    def write(self, frame: Frame | RowTable) -> None:
        """Writes a table in a form that has a format."""
        assert self.format is not None, "asked for in no other"
        if self.target != STDOUT:
            save(frame, Path(self.target), self.format)
            return
        out = sys.stdout.buffer
        frame.write_to(out, self.format)
        out.flush()


def with_form(command: C) -> C:
    """Gives a command the flags for the form of its table, as one `form`."""

    @json_option
    @click.option("--jsonl", "as_jsonl", is_flag=True, help="Print a JSON object a line.")
    @click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
    @click.option("--parquet", metavar="FILE", help="Write a Parquet file; - prints it.")
    @click.option("--arrow", metavar="FILE", help="Write an Arrow stream; - prints it.")
    @functools.wraps(command)
    def formed(
        *args: Any,
        as_json: bool,
        as_jsonl: bool,
        as_csv: bool,
        parquet: str | None,
        arrow: str | None,
        **kwargs: Any,
    ) -> Any:
        asked = [
            Form(is_json=True) if as_json else None,
            Form(format=Format.JSONL) if as_jsonl else None,
            Form(format=Format.CSV) if as_csv else None,
            Form(format=Format.PARQUET, target=parquet) if parquet else None,
            Form(format=Format.ARROW, target=arrow) if arrow else None,
        ]
        forms = [form for form in asked if form is not None]
        if len(forms) > 1:
            raise click.UsageError("Choose one of --json, --jsonl, --csv, --parquet and --arrow.")
        form = forms[0] if forms else Form()
        if form.format in (Format.PARQUET, Format.ARROW) and form.target == STDOUT:
            _refuse_terminal()
        return command(*args, form=form, **kwargs)

    return formed  # type: ignore[return-value]  # the same command with other flags


def warn(found: Runs | Groups) -> None:
    """Says on stderr what a query may not have meant, such as a key that no run has."""
    for warning in found.warnings:
        click.echo(f"Note: {warning}", err=True)


def save(frame: Frame | RowTable, target: Path, wanted_format: Format) -> None:
    """Writes a table to a file, with a bar on a terminal; says where it is."""
    with Bar(target.name) as bar:
        frame.export(target, wanted_format, progress=bar.tell)
    click.echo(f"Wrote {target} ({bar.told}).", err=True)


def split_keys(texts: Sequence[str]) -> list[str]:
    """Keys from options that take several at once: commas in quotes and brackets are theirs.

    A key in quotes loses them: `--keys '"a, b",loss'`.
    """
    found: list[str] = []
    for text in texts:
        piece, depth, quote = "", 0, ""
        escaped = False
        for char in text:
            if quote:
                escaped = char == "\\" and not escaped
                if char == quote and not escaped:
                    quote = ""
            elif char in "\"'":
                quote = char
            else:
                depth += (char in "([") - (char in ")]")
                if char == "," and depth <= 0:
                    found.append(piece)
                    piece = ""
                    continue
            piece += char
        found.append(piece)
    return [_unquoted(piece.strip()) for piece in found if piece.strip()]


def _unquoted(piece: str) -> str:
    if len(piece) < 2 or piece[0] != '"' or piece[-1] != '"':
        return piece
    try:
        return str(json.loads(piece))
    except ValueError:
        return piece


def _refuse_terminal() -> None:
    if sys.stdout.isatty():
        raise click.UsageError("Its bytes are not for a terminal: name a file, or redirect them.")
