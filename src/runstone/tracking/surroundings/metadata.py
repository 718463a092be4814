"""What a process says of itself and its machine, in the words of `wandb-metadata.json`.

Environment variables stay where they are, but for those of cluster managers that are named here;
arguments that look like secrets are blanked.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from runstone.tracking import settings
from runstone.tracking.concealing import KEY_OF_A_SERVICE

HIDDEN: Final = "…"
"""In the place of a secret."""

_SECRET_NAME: Final = re.compile(
    r"(?i)(?:^|[-_.])(?:api[-_]?keys?|access[-_]?keys?|auth|token|pass(?:word|wd|phrase)?|"
    r"pwd|secrets?|credentials?|private[-_]?key)$"
)
_CLUSTERS: Final = (
    "SLURM_",
    "KUBERNETES_SERVICE_HOST",
    "LSB_JOBID",
    "PBS_JOBID",
    "RAY_JOB_ID",
    "SKYPILOT_TASK_ID",
    "TORCHELASTIC_RUN_ID",
)
_MAX_ARGUMENTS: Final = 1_000
_MAX_CHARACTERS: Final = 10_000


def at_once(started_at: float, writer: str, client: str) -> dict[str, Any]:
    """What is known without asking anybody."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    program = _program(main)
    found: dict[str, Any] = {
        "os": _system(),
        "python": f"{_implementation()} {sys.version.split()[0]}",
        "startedAt": _as_iso(started_at),
        "program": f"-m {spec.name.removesuffix('.__main__')}" if spec is not None else program,
        "args": hidden(sys.argv[1:]),
        "host": settings.host_name(),
        "executable": sys.executable or None,
        "root": _folder(),
        "cpu_count_logical": os.cpu_count(),
        "client": client,
    }
    if writer:
        found["writerId"] = writer
    found["username"] = _user()
    if (jobs := cluster_variables(settings.variables())) is not None:
        found["slurm"] = jobs
    with suppress(OSError):
        total, used = _disk("/")
        found["disk"] = {"/": {"total": str(total), "used": str(used)}}
    return {key: value for key, value in found.items() if value is not None}


def _user() -> str | None:
    """As `getpass.getuser()` says it, which has much more to import."""
    said = settings.variables()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if user := said.get(name):
            return user
    if sys.platform == "win32":
        return None
    with suppress(KeyError):  # a container whose user has no name
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    return None


def _system() -> str:
    """As `platform.platform(aliased=True)` says it, which starts a process on Linux."""
    if sys.platform == "linux":
        with suppress(OSError, ValueError):
            name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
            system = os.uname()
            return f"{system.sysname}-{system.release}-{system.machine}-with-{name}{version}"
    import platform

    return platform.platform(aliased=True)


def _implementation() -> str:
    name = sys.implementation.name
    return {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}.get(name, name)


def _as_iso(seconds: float) -> str:
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return time.strftime(f"%Y-%m-%dT%H:%M:%S.{micros:06d}Z", time.gmtime(whole))


def _disk(path: str) -> tuple[int, int]:
    """Bytes that it has, and those that are used."""
    if hasattr(os, "statvfs"):
        said = os.statvfs(path)
        return said.f_blocks * said.f_frsize, (said.f_blocks - said.f_bfree) * said.f_frsize
    import shutil

    usage = shutil.disk_usage(path)
    return usage.total, usage.used


def hidden(arguments: Sequence[str]) -> list[str]:
    """Arguments with secrets blanked: values of `--api-key` and the like, known forms of keys."""
    found, is_next_secret = [], False
    for argument in arguments[:_MAX_ARGUMENTS]:
        argument = argument[:_MAX_CHARACTERS]
        name, sign, value = argument.partition("=")
        if is_next_secret and not argument.startswith("-"):
            argument = HIDDEN
        elif sign and value and _SECRET_NAME.search(name):
            argument = f"{name}={HIDDEN}"
        else:
            argument = re.sub(KEY_OF_A_SERVICE, HIDDEN, _without_credentials(name, sign, value))
        is_next_secret = not sign and name.startswith("-") and bool(_SECRET_NAME.search(name))
        found.append(argument)
    return found


def cluster_variables(variables: Mapping[str, str]) -> dict[str, str] | None:
    """What cluster managers say of the job; None outside of one."""
    found = {
        name.removeprefix("SLURM_").lower(): value[:_MAX_CHARACTERS]
        for name, value in variables.items()
        if name.startswith(_CLUSTERS) and not _SECRET_NAME.search(name)
    }
    return dict(sorted(found.items())) or None


def _without_credentials(name: str, sign: str, value: str) -> str:
    if "://" not in name and "://" not in value:
        return f"{name}{sign}{value}"
    from runstone.domain.environment import without_credentials

    if sign and "://" not in name:
        return f"{name}={without_credentials(value)}"
    return without_credentials(f"{name}{sign}{value}")


def _program(main: Any) -> str | None:
    if notebook := notebook_path():
        return str(notebook)
    if getattr(main, "__file__", None) and sys.argv and sys.argv[0] not in ("", "-c"):
        return sys.argv[0]
    return None


def notebook_path() -> Path | None:
    """The notebook that this kernel runs, where its server says so (Jupyter, VS Code)."""
    if "ipykernel" not in sys.modules:
        return None
    said = settings.variables().get("JPY_SESSION_NAME")
    if said is None:
        said = getattr(sys.modules.get("__main__"), "__vsc_ipynb_file__", None)
    return Path(said) if said and said.endswith(".ipynb") else None


def _folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:  # it was deleted
        return None
