"""A real S3 server on this machine: SeaweedFS, installed with the development tools."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.ports import free_port

KEY, SECRET = "test-key", "test-secret-that-no-log-may-show"
_PORTS = tuple(
    f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")
)

# Killed, the server leaves its sockets where it always makes them.
_SOCKETS = Path("/tmp")  # noqa: S108


def program() -> str | None:
    """The server beside this Python, if it is installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent))


class S3(NamedTuple):
    """A running server."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to use it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }


@contextmanager
def running(folder: Path) -> Iterator[S3]:
    """A server that keeps its data in `folder`, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    users = folder / "users.json"
    actions = ["Admin", "Read", "Write", "List"]
    keys = [{"accessKey": KEY, "secretKey": SECRET}]
    users.write_text(
        json.dumps({"identities": [{"name": "x", "credentials": keys, "actions": actions}]})
    )
    ports = {name: free_port() for name in _PORTS}
    options = [
        *(f"-{name}={port}" for name, port in ports.items()),
        *("-s3", f"-s3.config={users}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", "-volume.max=20"),
        *("-master.volumeSizeLimitMB=64", "-master.telemetry=false"),
    ]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program()), f"-logdir={folder}", "server", *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            env=os.environ,
        )
        try:
            _wait(ports["s3.port"], process)
            yield S3(ports["s3.port"], process)
        finally:
            process.kill()
            process.wait()
            for port in ports.values():
                for socket in _SOCKETS.glob(f"seaweedfs-*-{port}.sock"):
                    socket.unlink()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as link:
            link.request("GET", "/")
            if link.getresponse().status == 403:
                return
        time.sleep(0.1)
    raise AssertionError("the S3 server did not start")
