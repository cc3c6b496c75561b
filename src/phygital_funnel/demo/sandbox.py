"""The sandbox as the demo sees it: a process that is started, waited for, and whose clock is moved."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from phygital_funnel.demo.processes import Child
from phygital_funnel.errors import FunnelError

START_TIMEOUT = 180.0
"""Seconds until the sandbox must answer; the demo world takes about 10 on an idle machine."""

ACCOUNTS_READ = 2
"""Accounts of each source that the demo reads. The world has twice as many; every account is a task of its own in each
round, and whoever tries the project waits for all of them."""


class SandboxError(FunnelError):
    """The sandbox did not start, or did not take an order."""


@dataclass(frozen=True)
class Sandbox:
    """A started sandbox.

    Args:
        process: its process.
        home: the ``PHYGITAL_HOME`` it writes its environment to.
        control_port: TCP port of its control app on this machine.
    """

    process: Child
    home: Path
    control_port: int

    def wait_until_up(self) -> None:
        """Return once it serves.

        Raises:
            SandboxError: it ended, or took too long.
        """
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not self.process.is_running():
                words = "\n".join(self.process.last_lines())
                raise SandboxError(f"the sandbox ended before it served; its log is {self.process.log}:\n{words}")
            if self._is_up():
                return
            time.sleep(0.1)
        raise SandboxError(f"the sandbox did not serve within {START_TIMEOUT:.0f} s; its log is {self.process.log}.")

    def environment(self) -> dict[str, str]:
        """The variables that point the pipeline at the first accounts of this sandbox."""
        lines = (self.home / "sandbox" / "environment").read_text().splitlines()
        variables = dict(line.split("=", 1) for line in lines if "=" in line)
        return {
            name: _first_accounts(value) if name.endswith("_ACCOUNTS") else value for name, value in variables.items()
        }

    def set_clock(self, moment: datetime) -> None:
        """Move the sandbox's time, and with it the pipeline's.

        Raises:
            SandboxError: it did not take the order.
        """
        with self._client() as client:
            try:
                client.post("/clock", json={"now": moment.isoformat()}).raise_for_status()
            except httpx.HTTPError as error:
                raise SandboxError(f"the sandbox did not set its clock to {moment.isoformat()}: {error}") from error

    def _is_up(self) -> bool:
        with self._client() as client:
            try:
                return client.get("/healthz").is_success
            except httpx.HTTPError:
                return False

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.control_port}", timeout=10.0, trust_env=False)


def _first_accounts(accounts: str) -> str:
    return ",".join(accounts.split(",")[:ACCOUNTS_READ])
