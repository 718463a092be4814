"""OpenStack Swift with its S3 door, as processes of a test: one device, one replica, no other user.

Source: Swift's "SAIO" and s3api documentation. `scripts/install_swift.sh` brings the programs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

import httpx

ACCESS_KEY: Final = "test:tester"
SECRET_KEY: Final = "testing"
REGION: Final = "us-east-1"
_SYSTEM_CONF: Final = Path("/etc/swift/swift.conf")
_START_WITHIN_S: Final = 120.0

_BACKEND: Final = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {devices}
mount_check = false
user = {user}
swift_dir = {conf}
workers = 0
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY: Final = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {conf}
workers = 0
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
# The token store that tempauth insists on; requests that are signed one by one need none.
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""


class NoSwift(Exception):
    """It is not installed."""


class Swift:
    """A running server, until `stop`."""

    def __init__(self, folder: Path) -> None:
        """Starts it in `folder`, whose file system must keep extended attributes."""
        if shutil.which("swift-proxy-server") is None:
            raise NoSwift
        if not _SYSTEM_CONF.exists() or "hash_path" not in _SYSTEM_CONF.read_text():
            raise NoSwift
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        (folder / "devices" / "d1").mkdir(parents=True)
        ports = {kind: _free_port() for kind in ("proxy", "account", "container", "object")}
        self.endpoint_url = f"http://127.0.0.1:{ports['proxy']}"
        for kind in ("account", "container", "object"):
            self._make_ring(kind, ports[kind])
            self._start(kind, _BACKEND, ports[kind])
        self._start("proxy", _PROXY, ports["proxy"])
        for port in ports.values():
            self._wait(port)

    def stop(self) -> None:
        """Ends all of its processes."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()

    def _make_ring(self, kind: str, port: int) -> None:
        builder = f"{kind}.builder"
        for arguments in (
            ("create", "4", "1", "0"),
            ("add", f"r1z1-127.0.0.1:{port}/d1", "1"),
            ("rebalance",),
        ):
            subprocess.run(
                ["swift-ring-builder", builder, *arguments],
                cwd=self._folder,
                check=True,
                capture_output=True,
            )

    def _start(self, kind: str, text: str, port: int) -> None:
        conf = self._folder / f"{kind}.conf"
        user = os.environ.get("USER") or "root"
        facts = {"kind": kind, "port": port, "user": user, "conf": self._folder}
        conf.write_text(text.format(devices=self._folder / "devices", **facts))
        with (self._folder / f"{kind}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    [f"swift-{kind}-server", str(conf), "verbose"], stdout=log, stderr=log
                )
            )

    def _wait(self, port: int) -> None:
        give_up = time.monotonic() + _START_WITHIN_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=60)
                return
            except httpx.TransportError:
                if time.monotonic() > give_up or any(p.poll() is not None for p in self._processes):
                    self.stop()
                    logs = (f.read_text()[-2_000:] for f in self._folder.glob("*.log"))
                    raise AssertionError("Swift did not start:\n" + "\n".join(logs)) from None
                time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
