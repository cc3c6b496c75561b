"""Amazon's own SDK for the Selling Partner API: its errors, its typed models, its reports."""

import json
from collections.abc import Callable
from typing import Any

from spapi import ApiException, ReportsApi
from spapi.models.reports_v2021_06_30 import CreateReportSpecification

from . import flat_files
from .patience import patiently


def is_throttled(error: Exception) -> bool:
    return isinstance(error, ApiException) and error.status == 429


def ask(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return patiently(lambda: call(*args, **kwargs), is_throttled)


def paths(value: Any, path: str = "") -> set[str]:
    """Every field of a JSON document that holds something."""
    if isinstance(value, dict):
        return {found for key, inner in value.items() for found in paths(inner, f"{path}.{key}")}
    if isinstance(value, list):
        return {found for inner in value for found in paths(inner, f"{path}[]")}
    return set() if value is None else {path}


def assert_nothing_is_lost(client, model: Any) -> None:
    """The typed model, written out again, has every field that was on the wire."""
    on_the_wire = paths(json.loads(client.last_response.data))
    assert on_the_wire
    assert on_the_wire - paths(client.sanitize_for_serialization(model)) == set()


def run_report(client, **specification: Any) -> tuple[list[str], str]:
    """States a report went through, and its document's text; empty when there is none."""
    api = ReportsApi(client)
    created = ask(api.create_report, CreateReportSpecification(**specification))
    states: list[str] = []
    while len(states) < 20:
        status = ask(api.get_report, created.report_id)
        assert_nothing_is_lost(client, status)
        states.append(status.processing_status)
        if status.processing_status in ("DONE", "CANCELLED", "FATAL"):
            break
    if not status.report_document_id:
        return states, ""
    document = ask(api.get_report_document, status.report_document_id)
    assert_nothing_is_lost(client, document)
    return states, flat_files.download(document.url, document.compression_algorithm)
