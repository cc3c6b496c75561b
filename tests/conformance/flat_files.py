"""Reading the documents of reports the way the guides say: download without a token, unzip, decode, split."""

import csv
import gzip
import io

import requests


def download(url: str, compression: str | None) -> str:
    """A document's text in the encoding that its content type names."""
    answer = requests.get(url, timeout=30)
    answer.raise_for_status()
    body = gzip.decompress(answer.content) if compression == "GZIP" else answer.content
    return body.decode(answer.encoding or "utf-8")


def rows(text: str) -> list[dict[str, str]]:
    """Rows of a tab-separated file; Amazon quotes nothing."""
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
