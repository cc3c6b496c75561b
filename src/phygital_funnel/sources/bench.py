"""How fast TikTok's daily report goes from the wire into the landing zone, and in how much memory.

``python -m phygital_funnel.sources.bench`` serves ready-made pages from a process of its own and reads them with
``pipeline.extract`` in another, then with the loop one would write by hand: ``json``, ``pandas``, one Parquet file.
Counted is the processor time of the reading process alone, user and system, from the call to its end; the start of
Python and its imports are left out, in both.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from phygital_funnel.errors import FunnelError
from phygital_funnel.sources import bench_pages

ROW_COUNTS = (100_000, 1_000_000, 5_000_000)
PLAIN_ROWS = 1_000_000
"""The plain loop keeps every row in memory, so it is not asked for more."""
DAY = date(2026, 11, 4)
NOW = "2026-11-05T13:00:00+00:00"
WITHOUT_LIMITS = "1e8"
HEAVY = ("pandas", "great_expectations")
LANDING, PLAIN = "landing", "plain"


@dataclass(frozen=True)
class Figures:
    """What one reading cost.

    Args:
        reader: ``landing`` or ``plain``.
        rows: rows read.
        cpu_seconds: processor time of the reading process, user and system.
        seconds: by the clock on the wall.
        peak_mb: most memory the reading process ever held.
        heavy: modules among ``HEAVY`` that it had imported at the end.
    """

    reader: str
    rows: int
    cpu_seconds: float
    seconds: float
    peak_mb: float
    heavy: tuple[str, ...]

    @property
    def rows_per_cpu_second(self) -> float:
        """Rows in a second of the reading process's processor time."""
        return self.rows / self.cpu_seconds


def measure(reader: str, rows: int) -> Figures:
    """Serve so many rows and read them in a process of its own.

    Args:
        reader: ``landing`` or ``plain``.
        rows: a multiple of a page's 1,000 rows.

    Raises:
        FunnelError: the reading process failed.
    """
    with TemporaryDirectory(prefix="phygital-bench-") as folder, _serving(rows) as url:
        command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "--read", reader]
        variables = os.environ | environment(Path(folder), url)
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if done.returncode:
        raise FunnelError(f"The reader {reader!r} failed: {done.stderr[-2000:]}")
    content = json.loads(done.stdout.splitlines()[-1])
    found = Figures(**{**content, "heavy": tuple(content["heavy"])})
    if found.rows != rows:
        raise FunnelError(f"The reader {reader!r} read {found.rows} rows of {rows}.")
    return found


@contextmanager
def _serving(rows: int) -> Iterator[str]:
    command = [sys.executable, "-m", bench_pages.__name__, str(rows)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
    try:
        if server.stdout is None:
            raise FunnelError("The server of the benchmark has no output.")
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.communicate()


def environment(home: Path, url: str) -> dict[str, str]:
    """The variables of a process that reads the pages into an empty home."""
    (home / "token.json").write_text(json.dumps({"access_token": "of-the-benchmark"}))
    (home / "clock").write_text(NOW)
    return {
        "PHYGITAL_HOME": str(home),
        "PHYGITAL_LANDING_URL": str(home / "landing"),
        "PHYGITAL_CLOCK": f"file:{home / 'clock'}",
        "PHYGITAL_REQUEST_RATE_SCALE": WITHOUT_LIMITS,
        "PHYGITAL_TIKTOK_ADS_BASE_URL": url,
        "PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE": str(home / "token.json"),
        "PHYGITAL_TIKTOK_ADS_ACCOUNTS": bench_pages.ADVERTISER,
    }


def _read(reader: str) -> Figures:
    """Read everything in this process and tell what it cost."""
    call = {LANDING: _prepared_landing, PLAIN: _prepared_plain}[reader]()
    started, cpu = time.monotonic(), time.process_time()
    rows = call()
    return Figures(
        reader,
        rows,
        time.process_time() - cpu,
        time.monotonic() - started,
        _peak_mb(),
        tuple(name for name in HEAVY if name in sys.modules),
    )


def _prepared_landing() -> Any:
    from phygital_funnel import pipeline
    from phygital_funnel.settings import Settings
    from phygital_funnel.sources.stream import Window

    settings = Settings.from_env()

    def read() -> int:
        manifests = pipeline.extract(settings, "tiktok_ads", Window(DAY, DAY), stream="ad_report_daily")
        return sum(manifest.row_count for manifest in manifests)

    return read


def _prepared_plain() -> Any:
    """The loop one would write by hand."""
    import httpx
    import pandas as pd

    url, home = os.environ["PHYGITAL_TIKTOK_ADS_BASE_URL"], Path(os.environ["PHYGITAL_HOME"])

    def read() -> int:
        rows: list[dict[str, Any]] = []
        page, last = 1, 1
        with httpx.Client(base_url=url) as client:
            while page <= last:
                answer = client.get(bench_pages.PATH, params={"page": page, "page_size": bench_pages.PAGE_ROWS})
                data = json.loads(answer.text)["data"]
                rows.extend({**row["dimensions"], **row["metrics"]} for row in data["list"])
                last = data["page_info"]["total_page"]
                page += 1
        pd.DataFrame(rows).to_parquet(home / "report.parquet")
        return len(rows)

    return read


def _peak_mb() -> float:
    """Most memory this process ever held; the figure of ``getrusage`` would be its parent's where that was larger."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _print_table(found: list[Figures]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("reader", "rows", "rows per CPU second", "CPU s", "wall s", "peak MB", "imports")
    for figures in found:
        table.add_row(
            figures.reader,
            f"{figures.rows:,}",
            f"{figures.rows_per_cpu_second:,.0f}",
            f"{figures.cpu_seconds:.1f}",
            f"{figures.seconds:.1f}",
            f"{figures.peak_mb:.0f}",
            ", ".join(figures.heavy) or "neither pandas nor Great Expectations",
        )
    Console().print(table)


def main() -> None:
    """Measure both readers and print the table."""
    parser = argparse.ArgumentParser(description="From the wire to the landing zone: rows per CPU second, peak memory.")
    parser.add_argument("--rows", type=int, nargs="+", default=ROW_COUNTS, help="rows of each reading")
    parser.add_argument("--read", choices=(LANDING, PLAIN), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        sys.stdout.write(json.dumps(asdict(_read(options.read))) + "\n")
        return
    found = [measure(LANDING, rows) for rows in options.rows]
    found += [measure(PLAIN, rows) for rows in options.rows if rows <= PLAIN_ROWS]
    _print_table(found)


if __name__ == "__main__":
    main()
