"""``phygital landing``: what is landed, what is held and why, and the weekly tidying by hand."""

from typing import Annotated

import typer

from phygital_funnel import console
from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Stream

app = typer.Typer(help="See what is landed, accept what is held, put small files together.", no_args_is_help=True)

DEFAULT_RETENTION_DAYS = 30.0


@app.command("list")
def list_extractions(
    held: Annotated[bool, typer.Option("--held", help="Only what builds must not use, with the reason.")] = False,
) -> None:
    """List the newest extractions with their manifest ids."""
    from phygital_funnel.decisions import held_extractions
    from phygital_funnel.status import newest_extractions

    settings = Settings.from_env()
    if not held:
        console.extractions(newest_extractions(settings))
        return
    found = held_extractions(settings)
    if not found:
        console.say("nothing is held")
        return
    console.rows(
        ("manifest id", "stream", "account", "part", "from", "to", "rows", "committed at", "reason"),
        [
            (
                manifest.manifest_id,
                f"{manifest.source}.{manifest.stream}",
                manifest.account,
                manifest.part,
                manifest.window_from,
                manifest.window_to,
                manifest.row_count,
                manifest.committed_at,
                reason,
            )
            for manifest, reason in found
        ],
    )


@app.command()
def accept(
    manifest_id: Annotated[str, typer.Argument(help="Manifest id, as `phygital landing list --held` shows it.")],
    reason: Annotated[str, typer.Option(help="Why it is right; the next person will ask.")],
) -> None:
    """Accept an extraction that is held: the next build uses it."""
    from phygital_funnel import decisions

    settings = Settings.from_env()
    if manifest_id not in decisions.held_manifests(settings):
        raise ConfigError(f"{manifest_id!r} is not held; `phygital landing list --held` shows what is.")
    accepted = decisions.decide(settings, decisions.RELEASE, manifest_id, reason)
    console.say(f"{manifest_id} is accepted, {accepted.row_count:,} rows; the next build uses it")


@app.command()
def compact(
    stream: Annotated[str | None, typer.Option(help="Only this stream, for example tiktok_ads.campaigns.")] = None,
    retention_days: Annotated[
        float, typer.Option(help="Days for which files that were replaced are kept; at least 1.")
    ] = DEFAULT_RETENTION_DAYS,
) -> None:
    """Put small files together and remove those that nobody may read any more; no row is changed."""
    from phygital_funnel.landing import Landing

    landing = Landing.of(Settings.from_env())
    for one in _streams(stream):
        done = landing.compact(one, retention_days)
        if done is not None:
            console.say(
                f"{one.source}.{one.name}: {done.merged:,} files became {done.made:,}, {done.removed:,} removed"
            )


def _streams(name: str | None) -> list[Stream]:
    from phygital_funnel.sources.registry import all_streams

    chosen = [stream for stream in all_streams() if name in (None, f"{stream.source}.{stream.name}", stream.relation)]
    if not chosen:
        raise ConfigError(f"{name!r} is not a stream; `phygital sources` lists them, as tiktok_ads.campaigns.")
    return chosen
