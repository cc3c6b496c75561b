"""An S3 server over real HTTP: moto's, in a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

START_SECONDS = 60.0
SECRET = "a-secret-that-must-not-be-seen"  # noqa: S105 - any text is a valid secret to moto


@dataclass(frozen=True)
class ObjectStore:
    """A running server.

    Args:
        url: its endpoint.
    """

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        """The standard variables that lead a client there."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def check_credentials(self, *, after: float) -> None:
        """Accept any credentials for so many requests, then only those of users that exist: none do."""
        httpx.post(f"{self.url}/moto-api/reset-auth", content=str(after)).raise_for_status()


@contextlib.contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A server on a free port of the loopback address, stopped in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**os.environ, "PYTHONWARNINGS": "ignore"}, **silent) as process:
        try:
            store = ObjectStore(f"http://127.0.0.1:{port}")
            _wait_for(store)
            yield store
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(store: ObjectStore) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{store.url}/moto-api/data.json").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
