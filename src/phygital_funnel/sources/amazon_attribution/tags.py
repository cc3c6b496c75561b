"""Asks for the attribution tags of every configured profile.

``python -m phygital_funnel.sources.amazon_attribution.tags`` is a step of its own and no part of extraction, because it
changes something at Amazon: tags of a profile measure nothing before they were asked for once. Whoever builds the
links runs it, puts the tags into them, and need not run it again.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from phygital_funnel.errors import AuthError, FunnelError, SchemaDrift
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution.client import AmazonAttribution, list_in
from phygital_funnel.sources.amazon_attribution.streams import PUBLISHERS, SOURCE
from phygital_funnel.sources.registry import accounts_of

MACRO_PATH, TEMPLATE_PATH = "/attribution/tags/macroTag", "/attribution/tags/nonMacroTemplateTag"
MAP = "advertiserAttributionTagMap"


def tags(client: AmazonAttribution, profile: str) -> Iterator[dict[str, str]]:
    """The tags of a profile: one per advertiser and publisher.

    Raises:
        AuthError: the profile may not use Attribution.
        SchemaDrift: an answer is not shaped as it should be.
    """
    where = f"tags of {profile}"
    answer = client.get(PUBLISHERS.request.path, where, profile)
    publishers = {
        str(row.get("id")): row for row in list_in(answer.body, PUBLISHERS.request.keys, where) if row.get("id")
    }
    for path, has_macros in ((MACRO_PATH, True), (TEMPLATE_PATH, False)):
        ids = [name for name, row in publishers.items() if bool(row.get("macroEnabled")) is has_macros]
        if ids:
            body = client.get(path, where, profile, {"publisherIds": ids}).body
            for advertiser, publisher, tag in _entries(body, f"{where}: {path}"):
                name = str(publishers.get(publisher, {}).get("name", ""))
                yield {
                    "profile_id": profile,
                    "advertiser_id": advertiser,
                    "publisher_id": publisher,
                    "publisher": name,
                    "tag": tag,
                }


def _entries(body: Any, where: str) -> Iterator[tuple[str, str, str]]:
    found = body.get(MAP) if isinstance(body, dict) else None
    if not isinstance(found, dict) or not all(isinstance(of_one, dict) for of_one in found.values()):
        raise SchemaDrift(SOURCE, where, missing=[MAP])
    for advertiser, of_publishers in found.items():
        for publisher, tag in of_publishers.items():
            yield advertiser, publisher, str(tag)


def main() -> int:
    """Print the tags, one JSON object a line; a profile that is refused does not keep the others from theirs."""
    settings = Settings.from_env()
    refused = 0
    with closing(AmazonAttribution(settings)) as client:
        for profile in accounts_of(settings, SOURCE):
            try:
                for tag in tags(client, profile):
                    sys.stdout.write(json.dumps(tag, ensure_ascii=False) + "\n")
            except AuthError as error:
                sys.stderr.write(f"{error}\n")
                refused += 1
    return 1 if refused else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FunnelError as failure:
        sys.exit(str(failure))
