"""What a run is called and how it stands: its properties, definitions and alerts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import Kind
from runstone.tracking.resuming import RELATIVE, drop_id, keep_id
from runstone.tracking.terminal import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from datetime import timedelta
    from pathlib import Path
    from typing import Any, Final

    from runstone.tracking.config import Config
    from runstone.tracking.folder import RunFolder
    from runstone.tracking.identity import Identity
    from runstone.tracking.link import Begun
    from runstone.tracking.metrics import Goal, Metric
    from runstone.tracking.options import Settings
    from runstone.tracking.resuming import Wishes
    from runstone.tracking.status import RunStatus
    from runstone.tracking.summary import Summary
    from runstone.tracking.uploader import Uploader

_LEVELS: Final = ("INFO", "WARN", "ERROR")
_DEFAULT_WAIT_S: Final = 60.0


class Described:
    """The part of a run that is said in words, and what it says of itself once in a while."""

    if TYPE_CHECKING:
        id: str
        project: str
        mode: str
        config: Config
        summary: Summary
        _identity: Identity
        _folder: RunFolder | None
        _uploader: Uploader | None
        _lock: threading.RLock
        _step: int
        _is_finished: bool
        _leads: bool

        def _write(self, record: tuple[Any, ...]) -> None: ...

    def _describe(self, identity: Identity) -> None:
        """Takes over what `init()` was told."""
        self._identity = identity
        self._names: dict[str, Any] = {
            "name": identity.name,
            "notes": identity.notes or "",
            "tags": tuple(identity.tags or ()),
            "group": identity.group,
            "job_type": identity.job_type,
        }
        self._metrics: dict[str, Metric] = {}
        self._alerted: dict[str, float] = {}
        self._settings: Settings | None = None
        self._url: str | None = None
        self._kept_in: Path | None = None
        self._starting_step = 0
        self._is_resumed = False

    def begin_life(self, wishes: Wishes, begun: Begun | None, kept_in: Path | None) -> None:
        """Goes on where an earlier life of the run was.

        Args:
            begun: What the server says of the run; None where it has not said.
            kept_in: Where the run's id is left for the next `resume="auto"`; None for nowhere.
        """
        self._kept_in = kept_in
        if kept_in is not None:
            keep_id(kept_in, self.id)
        if begun is not None:
            self._step = begun.first_step
            self._is_resumed = begun.is_resumed
            self.config.go_on_from(begun.config)
            self.summary.go_on_from(begun)
            if begun.resumed is not None:
                said = begun.resumed
                self._names |= {
                    "name": begun.name,
                    "notes": said.notes,
                    "tags": tuple(said.tags),
                    "group": said.group,
                    "job_type": said.job_type,
                }
        elif wishes.rewind_to is not None:
            self._step = wishes.rewind_to + 1
        elif wishes.fork is not None:
            self._step = wishes.fork[1] + 1
        elif wishes.run is not None and wishes.resume in ("allow", "must"):
            # Only the server knows how far the run was.
            self._step = RELATIVE
        self._starting_step = self.step

    def _end_life(self, exit_code: int) -> None:
        """Nobody goes on with a run that ended well."""
        if self._kept_in is not None and exit_code == 0:
            drop_id(self._kept_in, self.id)

    def _leave_to_parent(self) -> None:
        """In a forked child, which keeps in mind what its parent had heard from the server."""
        uploader, self._uploader = self._uploader, None
        if uploader is not None:
            self._url = uploader.url
            self._identity.entity = self._identity.entity or uploader.entity
            self._names["name"] = self._names["name"] or uploader.name

    # What it is called

    @property
    def name(self) -> str | None:
        """Shown to people; where none is set, the server invents one: waited for like `url`."""
        if self._names["name"] is None and (uploader := self._heard()) is not None:
            return uploader.name
        found: str | None = self._names["name"]
        # Folders are called by it, in scripts that are tried out without a run, too.
        return f"dummy-{self.id}" if found is None and self.disabled else found

    @name.setter
    def name(self, name: str) -> None:
        self._rename("name", _text(name, "name"))

    @property
    def notes(self) -> str:
        """What people wrote down of it."""
        found: str = self._names["notes"]
        return found

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._rename("notes", _text(notes or "", "notes"))

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find it by; `run.tags += ("best",)` adds one."""
        found: tuple[str, ...] = self._names["tags"]
        return found

    @tags.setter
    def tags(self, tags: Sequence[str] | None) -> None:
        if isinstance(tags, str):
            raise InvalidInput(f"tags are several texts, not {tags!r}: write ({tags!r},).")
        self._rename("tags", tuple(dict.fromkeys(_text(tag, "tag") for tag in tags or ())))

    @property
    def group(self) -> str | None:
        """With which runs it belongs together."""
        found: str | None = self._names["group"]
        return found

    @group.setter
    def group(self, group: str | None) -> None:
        self._rename("group", _text(group or "", "group"))

    @property
    def job_type(self) -> str | None:
        """What it does among them: `train`, `eval`."""
        found: str | None = self._names["job_type"]
        return found

    @job_type.setter
    def job_type(self, job_type: str | None) -> None:
        self._rename("job_type", _text(job_type or "", "job_type"))

    def _rename(self, what: str, value: Any) -> None:
        with self._lock:
            self._names[what] = value
            self._write((int(Kind.PROPERTIES), {what: value}))

    @property
    def config_static(self) -> Mapping[str, Any]:
        """The config as it is now, with keys as attributes, too; nothing changes in it."""
        from runstone.tracking.config import ConfigCopy

        return ConfigCopy(self.config)

    def pin_config_keys(self, keys: Sequence[str] = ()) -> None:
        """For wandb's sake: what a page shows of the config is chosen on the page."""
        warn("pin_config_keys() means nothing here and is passed over")

    # Where and what it is

    @property
    def entity(self) -> str | None:
        """Whose it is: as `init()` was told, else whose key this is, waited for like `url`."""
        uploader = self._uploader if self._identity.entity else self._heard()
        return (None if uploader is None else uploader.entity) or self._identity.entity

    @property
    def path(self) -> str:
        """`entity/project/id`, as far as it is known."""
        return "/".join(filter(None, (self.entity, self.project, self.id)))

    @property
    def url(self) -> str | None:
        """Of its page; None offline, and while the server has not heard of it.

        A process that the run's own one started knows what that one has heard.

        The first look waits for that, two seconds at most, and not where the server is in trouble.
        """
        uploader = self._heard()
        return self._url if uploader is None else uploader.url

    def get_url(self) -> str | None:
        """As `url`."""
        return self.url

    @property
    def project_url(self) -> str | None:
        """Of its project's page; see `url`."""
        url = self.url
        return None if url is None else url.rsplit("/runs/", 1)[0]

    def get_project_url(self) -> str | None:
        """As `project_url`."""
        return self.project_url

    def _heard(self) -> Uploader | None:
        """Who sends it, once the server has said where it is, or a moment has passed."""
        if self._uploader is not None:
            self._uploader.hear()
        elif self._url is None and self._folder is not None and not self._leads:
            # A process that the run's own one started: that one has heard it, sooner or later.
            self._url, entity, name = self._folder.page() or (None, None, None)
            self._identity.entity = self._identity.entity or entity
            self._names["name"] = self._names["name"] or name
        return self._uploader

    @property
    def sync_dir(self) -> str | None:
        """The run's own folder, which `runstone sync` sends; None for a disabled run."""
        return None if self._folder is None else str(self._folder.path)

    @property
    def start_time(self) -> float:
        """When it began, in seconds since 1970 UTC."""
        return self._identity.started_at

    @property
    def offline(self) -> bool:
        """Whether it is left to `runstone sync`."""
        return self.mode == "offline"

    @property
    def disabled(self) -> bool:
        """Whether nothing is kept of it."""
        return self.mode == "disabled"

    @property
    def resumed(self) -> bool:
        """Whether the server said that it goes on with a run that was there."""
        return self._is_resumed

    @property
    def step(self) -> int:
        """The step that the next `log()` without one gets.

        Of a run that goes on without having heard from the server: counted from its own first one.
        """
        return self._step - RELATIVE if self._step < RELATIVE // 2 else self._step

    @property
    def starting_step(self) -> int:
        """The first step of this life of the run, as far as it is known."""
        return self._starting_step

    @property
    def sweep_id(self) -> None:
        """None: no sweep began it."""
        return None

    @property
    def sweep_url(self) -> None:
        """None: no sweep began it."""
        return None

    @property
    def settings(self) -> Settings:
        """What it was begun with, where it was said and where by default."""
        if self._settings is None:
            from runstone.tracking.options import Settings

            self._settings = Settings.of_surroundings()
        return self._settings

    def status(self) -> RunStatus:
        """How it stands with the server at this moment; waits for nothing."""
        from runstone.tracking.status import RunStatus

        uploader = self._uploader
        return RunStatus(
            url=self._url if uploader is None else uploader.url,
            is_finished=self._is_finished,
            trouble=None if uploader is None else uploader.trouble,
        )

    # What it says once

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: Goal | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        """Says how a metric wants to be drawn and summed up.

        Args:
            name: Of the metric; `*` in it stands for any text (`val/*`).
            step_metric: The metric that it is drawn over, in place of the step. Rows that lack it
                lie where its last value was.
            step_sync: Taken for wandb's sake; charts do it by themselves.
            hidden: It is not drawn by itself.
            summary: What the summary keeps of it, joined with commas: `min`, `max`, `mean`,
                `best` (by the goal), `first`, `last`; `none` keeps nothing. By default, and with
                `copy`, it is the last value itself.
            goal: Which values are the better ones: `minimize` or `maximize`.
            overwrite: What is not said here goes back to the default; else it stays as an earlier
                call said.

        Raises:
            InvalidInput: Words that are not known.
        """
        from runstone.tracking.metrics import define

        with self._lock:
            metric = define(
                self._metrics.get(name),
                name,
                step_metric=step_metric,
                hidden=hidden,
                summary=summary,
                goal=goal,
                overwrite=overwrite,
            )
            self._metrics[name] = metric
            self._write((int(Kind.DEFINE), metric.as_document()))
        return metric

    def alert(
        self,
        title: str,
        text: str = "",
        level: str | None = None,
        wait_duration: float | timedelta | None = None,
    ) -> None:
        """Says that something happened that people want to hear of.

        Args:
            title: In a few words.
            text: In more.
            level: `INFO`, `WARN` or `ERROR`.
            wait_duration: Seconds in which the same title is not raised again, by this run's
                other processes neither: a minute by default.

        Raises:
            InvalidInput: Another level, or a duration that is none.
        """
        word = str(getattr(level, "value", level) or "INFO").upper()
        if word not in _LEVELS:
            raise InvalidInput(f"alert: level is {level!r}; it may be {', '.join(_LEVELS)}.")
        wait_s = _seconds(wait_duration)
        now = time.time()
        with self._lock:
            last = self._alerted.get(title)
            if last is not None and 0 <= now - last < wait_s:
                return
            self._alerted[title] = now
            self._write((int(Kind.ALERT), str(title), str(text), word, now, wait_s))

    def mark_preempting(self) -> None:
        """Says that the machine is about to be taken away.

        A run that then falls silent, or ends with an error, was preempted, and has not failed.
        """
        with self._lock:
            self._write((int(Kind.PREEMPTING),))


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"The run's {what} is {value!r}; it must be a text.")
    return value


def _seconds(duration: float | timedelta | None) -> float:
    if duration is None or duration == 0:
        return _DEFAULT_WAIT_S
    total = getattr(duration, "total_seconds", None)
    seconds = total() if callable(total) else duration
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds >= 0:
        raise InvalidInput(f"alert: wait_duration is {duration!r}; give seconds or a timedelta.")
    return min(float(seconds), 1e9)
