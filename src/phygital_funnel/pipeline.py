"""The calls that Airflow's tasks and the command line share."""

import logging
from collections.abc import Callable
from contextlib import closing
from itertools import product

from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import accounts_of, extractor, streams_of
from phygital_funnel.sources.stream import Extraction, Stream, Window
from phygital_funnel.warehouse.build import build
from phygital_funnel.warehouse.release import Release, publish

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
    on_landed: Callable[[Manifest], None] | None = None,
) -> list[Manifest]:
    """Extract and land a window of a source, reaching back as far as each stream is restated.

    Args:
        settings: where the source and the landing zone are.
        source: for example ``tiktok_ads``.
        window: dates, both included.
        account: one account; all configured ones when None.
        stream: one stream; all of the source when None.
        on_landed: told of every extraction that was landed.

    Returns:
        The manifests of what was landed.

    Raises:
        SourceError: a stream was refused; extractions before it stay landed, nothing of it does.
    """
    streams = streams_of(source, stream)
    chosen = accounts_of(settings, source) if account is None else (account,)
    landing = Landing(settings.landing_url)
    landed = []
    with closing(extractor(settings, source)) as reader:
        for one_account, one_stream in product(chosen, streams):
            for extraction in reader.extract(one_stream, one_account, window):
                manifest = land(landing, extraction)
                if manifest is not None:
                    landed.append(manifest)
                    if on_landed is not None:
                        on_landed(manifest)
    return landed


def land(landing: Landing, extraction: Extraction) -> Manifest | None:
    """Land one extraction; None when it is a file that is landed already."""
    stream = extraction.stream
    if extraction.checksum and landing.has_checksum(stream, extraction.account, extraction.checksum):
        logger.info("%s %s is landed already", stream.relation, extraction.account)
        return None
    manifest = landing.append(extraction)
    logger.info(
        "%s %s: landed %s rows as commit %s", stream.relation, extraction.account, manifest.row_count, manifest.commit
    )
    return manifest


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
    landing = Landing(settings.landing_url)
    return [manifest for manifest in (land(landing, extraction) for extraction in extractions) if manifest is not None]


def build_and_publish(
    settings: Settings,
    *,
    run_id: str | None = None,
    full_refresh: bool = False,
    on_phase: Callable[[str], None] | None = None,
) -> Release:
    """Build everything that is landed and publish it, in one process.

    Raises:
        QualityGateFailed: a gate blocked the release; the last good one stays.
        BuildError: the loader or dbt failed; the last good release stays.
    """
    return publish(
        settings, build(settings, run_id=run_id, full_refresh=full_refresh, on_phase=on_phase), on_phase=on_phase
    )
