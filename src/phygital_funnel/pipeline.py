"""The calls that Airflow's tasks and the command line share."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from phygital_funnel import clock
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.refusals import Refusals
from phygital_funnel.settings import Settings
from phygital_funnel.sources.lean import keep_pandas_out
from phygital_funnel.sources.registry import Extractor, ReportExtractor, accounts_of, all_streams, extractor, streams_of
from phygital_funnel.sources.stream import Extraction, Page, Stream, Window

if TYPE_CHECKING:
    from phygital_funnel.warehouse.release import Release

logger = logging.getLogger(__name__)


def accounts(settings: Settings, source: str) -> tuple[str, ...]:
    """Accounts of a source, to extract one by one; ``('',)`` for a source without accounts.

    Raises:
        ConfigError: the source is unknown or not configured.
    """
    return accounts_of(settings, source)


def extract(
    settings: Settings,
    source: str,
    window: Window,
    *,
    account: str | None = None,
    stream: str | None = None,
    run: str = "",
    on_landed: Callable[[Manifest], None] | None = None,
    on_page: Callable[[Extraction, int, int], None] | None = None,
) -> list[Manifest]:
    """Extract and land a window of a source, reaching back as far as each stream is restated.

    Args:
        settings: where the source and the landing zone are.
        source: for example ``tiktok_ads``.
        window: dates, both included.
        account: one account; all configured ones when None.
        stream: one stream; all of the source when None.
        run: names this extraction, so that a second attempt under the same name leaves out what the first landed.
        on_landed: told of every extraction that was landed.
        on_page: told of every page that was read, with its number and the rows so far.

    Returns:
        The manifests of what was landed now.

    Raises:
        ConfigError: the window reaches into the future, or the source is not configured.
        SourceError: an account or a stream was refused; of the refused window nothing is landed. Other accounts, and
            streams that a change of shape does not concern, were read all the same.
    """
    keep_pandas_out()
    _refuse_future(window)
    streams = streams_of(source, stream)
    chosen = accounts_of(settings, source) if account is None else (account,)
    landing = Landing.of(settings)
    landed: list[Manifest] = []
    refusals = Refusals(source)
    with closing(extractor(settings, source)) as reader:
        for one_account, one_stream in product(chosen, streams):
            with refusals.noted(one_account) as is_readable:
                if not is_readable:
                    continue
                for manifest in _extract_one(landing, reader, one_stream, one_account, window, run, on_page):
                    landed.append(manifest)
                    if on_landed is not None:
                        on_landed(manifest)
    refusals.speak()
    return landed


def _refuse_future(window: Window) -> None:
    """An empty answer about days to come would be taken for what those days brought."""
    tomorrow = clock.today() + timedelta(days=1)  # it has begun where the sun rises first
    if window.end > tomorrow:
        raise ConfigError(f"The window ends on {window.end}, which lies in the future; give dates up to {tomorrow}.")


def _extract_one(
    landing: Landing,
    reader: Extractor,
    stream: Stream,
    account: str,
    window: Window,
    run: str,
    on_page: Callable[[Extraction, int, int], None] | None,
) -> Iterator[Manifest]:
    """Land one stream of one account, but for what was landed under the same run before."""
    done = _landed_under(landing, stream, run)
    for extraction in reader.extract(stream, account, window):
        if (extraction.account, extraction.part, extraction.window, extraction.checksum) not in done:
            manifest = land(landing, _watched(extraction, on_page), run)
            if manifest is not None:
                yield manifest


def prepare(
    settings: Settings, source: str, window: Window, *, account: str, stream: str, run: str = ""
) -> tuple[str, ...]:
    """Ask the platform for the reports that an extraction would wait for.

    Args:
        settings: where the source is.
        source: for example ``amazon_seller``.
        window: as for ``extract``.
        account: one account.
        stream: one stream.
        run: as for ``extract``.

    Returns:
        The platform's ids of the reports that are not ready; empty when ``extract`` would not wait.

    Raises:
        SourceError: the platform refused, or gave a report up.
    """
    (one_stream,) = streams_of(source, stream)
    with closing(extractor(settings, source)) as reader:
        if not isinstance(reader, ReportExtractor):
            return ()
        landed = _landed_under(Landing.of(settings), one_stream, run)
        return reader.prepare(one_stream, account, window, done=frozenset(w for a, _, w, _ in landed if a == account))


def _watched(extraction: Extraction, on_page: Callable[[Extraction, int, int], None] | None) -> Extraction:
    """The extraction, telling of every page it reads."""
    if on_page is None:
        return extraction

    def pages(cursor: Any) -> Iterator[Page]:
        rows = 0
        for number, page in enumerate(extraction.pages(cursor), start=1):
            rows += len(page.rows)
            on_page(extraction, number, rows)
            yield page

    return replace(extraction, pages=pages)


def _landed_under(landing: Landing, stream: Stream, run: str) -> frozenset[tuple[str, str, Window | None, str]]:
    """Account, part, window and checksum of what was landed under a run's name."""
    if not run:
        return frozenset()
    return frozenset(
        (manifest.account, manifest.part, manifest.window, manifest.checksum)
        for manifest in landing.manifests(stream)
        if manifest.run == run and manifest.is_complete
    )


def land(landing: Landing, extraction: Extraction, run: str = "") -> Manifest | None:
    """Land one extraction; None when it is a file that is landed already."""
    stream = extraction.stream
    if extraction.checksum and landing.has_checksum(stream, extraction.account, extraction.checksum):
        logger.info("%s %s is landed already", stream.relation, extraction.account)
        return None
    manifest = landing.append(extraction, run)
    logger.info(
        "%s %s: landed %s rows as commit %s", stream.relation, extraction.account, manifest.row_count, manifest.commit
    )
    return manifest


def has_landed(settings: Settings) -> bool:
    """Whether anything was ever landed in the home."""
    landing = Landing.of(settings)
    return any(landing.newest(stream) >= 0 for stream in all_streams())


def load_files(settings: Settings, files: dict[Stream, str]) -> list[Manifest]:
    """Land files of event-level data; all are read before the first is landed.

    Args:
        settings: where the landing zone is.
        files: path of the file for each stream.

    Raises:
        SourceError: a file is refused; nothing was landed.
    """
    from pathlib import Path

    from phygital_funnel.sources.drop import read_drop

    extractions = [read_drop(Path(path).expanduser(), stream) for stream, path in files.items()]
    landing = Landing.of(settings)
    return [manifest for manifest in (land(landing, extraction) for extraction in extractions) if manifest is not None]


def build_and_publish(
    settings: Settings,
    *,
    run_id: str | None = None,
    full_refresh: bool = False,
    on_phase: Callable[[str], None] | None = None,
) -> "Release":
    """Build everything that is landed and publish it, in one process.

    Raises:
        QualityGateFailed: a gate blocked the release; the last good one stays.
        BuildError: the loader or dbt failed; the last good release stays.
    """
    # Imported here: an extraction has no use for DuckDB and dbt, nor room for them.
    from phygital_funnel.warehouse.build import build
    from phygital_funnel.warehouse.release import publish

    return publish(
        settings, build(settings, run_id=run_id, full_refresh=full_refresh, on_phase=on_phase), on_phase=on_phase
    )
