"""Dirt: what goes wrong in real feeds without any error. Each knob can be switched on alone.

The knobs that change figures are played where the figures are made (``tiktok_marketing``); those that change how an
answer is written, or whether there is one, are played here. The same seed and the same requests meet the same dirt.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.api import refusals
from phygital_funnel.sandbox.api.exchange import Answer, ask, body_of
from phygital_funnel.sandbox.api.pages import PageMemory, Rows, listing_of, packed, parsed, plain, request_of, rows_of
from phygital_funnel.sandbox.api.state import Sandbox

DIRT = {
    "duplicate_pages": "A page begins with the last rows of the page before it, as when rows move while one reads.",
    "missing_hour": "An hour of delivery is missing from TikTok's reports.",
    "schema_drift": "On some days rows have a field more, and on some of those one is called otherwise.",
    "retyped_ids": "Ids come as JSON numbers instead of strings.",
    "late_partitions": "Some days arrive a day or more late.",
    "throttling": "5 % of the requests are throttled.",
    "server_errors": "1 % of the requests end in a server error.",
    "restatement": "TikTok's past days change after they were final.",
    "dst_days": "TikTok's reports lack or repeat the hour in which clocks change.",
    "currency_typo": "Now and then a currency code has two letters swapped.",
    "bot_views": "On some days bots add views that nobody made.",
    "out_of_order_pages": "The rows of a page come in no order.",
}
"""Every knob, in a sentence."""
THROTTLED_SHARE, ERROR_SHARE = 0.05, 0.01
REFUSALS = {"throttle": "throttling", "server_error": "server_errors"}
"""Which knob plays a refusal."""
DRIFT_SHARE, RENAME_SHARE = 0.5, 0.3
NEW_FIELD, RENAMED_SUFFIX = "sbx_new_field", "_v2"
_REPEATED_ROWS = 3
_SPARED = ("/auth/", "/drop", "/api/v2/token")
"""Signing in and fetching files are left alone: dirt is about what the platforms report."""
_COUNTED_PATHS = 10_000
_CODES = ("currency", "currencycode", "currency_code")


def named(names: Iterable[str]) -> frozenset[str]:
    """The knobs of these names.

    Raises:
        ConfigError: there is no such knob.
    """
    wanted = frozenset(names)
    unknown = sorted(wanted - set(DIRT))
    if unknown:
        raise ConfigError(f"{', '.join(map(repr, unknown))} is no dirt; choose from {', '.join(DIRT)}.")
    return wanted


class DirtyServer:
    """Wraps the servers and soils their answers as the sandbox's knobs say."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox
        self._seen: Counter[str] = Counter()
        self._pages = PageMemory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not self._sandbox.dirt or path.startswith(_SPARED):
            await self._app(scope, receive, send)
            return
        kind = self._refusal(path)
        if kind:
            self._sandbox.soiled[REFUSALS[kind]] += 1
            await refusals.refuse(self._sandbox, path, kind)(scope, receive, send)
            return
        answer = await ask(self._app, scope, receive)
        if answer.status == 200:
            self._soil(scope, answer)
        await answer.send(send)

    def _refusal(self, path: str) -> str | None:
        # The count makes a second try another draw; otherwise a refused request would be refused for ever.
        if len(self._seen) > _COUNTED_PATHS:
            self._seen.clear()
        self._seen[path] += 1
        roll = self._draw("refusal", path, self._seen[path]).random()
        knobs = self._sandbox.dirt
        if "throttling" in knobs and roll < THROTTLED_SHARE:
            return "throttle"
        return "server_error" if "server_errors" in knobs and roll >= 1 - ERROR_SHARE else None

    def _soil(self, scope: Scope, answer: Answer) -> None:
        asked = request_of(scope["path"], scope["query_string"])
        draw = self._draw("answer", f"{asked}|{hashlib.sha256(body_of(scope)).hexdigest()}")
        envelope = parsed(answer.body)
        if envelope is not None:
            rows = rows_of(envelope)
            if rows is not None:
                listing = listing_of(scope["path"], scope["query_string"], body_of(scope))
                # Amazon Ads names the profile in a header; another profile's rows are no page before these.
                profile = dict(scope["headers"]).get(b"amazon-advertising-api-scope", b"").decode("latin-1")
                self._soil_rows(rows, f"{profile}|{listing}", draw)
            if "retyped_ids" in self._sandbox.dirt:
                clean, envelope = envelope, _retyped(envelope)
                self._sandbox.soiled["retyped_ids"] += envelope != clean
            answer.body = orjson.dumps(envelope)
        elif plain(answer.body).count("\t") > 1:
            answer.body = packed(self._soiled_table(plain(answer.body), draw), answer.body)

    def _soil_rows(self, rows: Rows, listing: str, draw: random.Random) -> None:
        knobs = self._sandbox.dirt
        if "schema_drift" in knobs:
            self._drift(rows)
        if "currency_typo" in knobs and draw.random() < self._sandbox.typo_share:
            self._sandbox.soiled["currency_typo"] += _swap_currency(draw.choice(rows)) > 0
        if "duplicate_pages" in knobs:
            before = self._pages.swap(listing, rows)
            if before and before != rows:
                rows[:0] = before[-_REPEATED_ROWS:]
                self._sandbox.soiled["duplicate_pages"] += 1
        if "out_of_order_pages" in knobs:
            draw.shuffle(rows)
            self._sandbox.soiled["out_of_order_pages"] += len(rows) > 1

    def _drifts(self, share: float) -> bool:
        """Whether the sandbox's day is one of those on which the schema has moved."""
        return self._draw("drift", f"{self._sandbox.now:%Y-%m-%d}").random() < share

    def _drift(self, rows: Rows) -> None:
        if not self._drifts(DRIFT_SHARE):
            return
        self._sandbox.soiled["schema_drift"] += 1
        for row in rows:
            fields = row["metrics"] if isinstance(row.get("metrics"), dict) else row
            if self._drifts(RENAME_SHARE) and fields:
                name = list(fields)[-1]
                fields[name + RENAMED_SUFFIX] = fields.pop(name)
            fields[NEW_FIELD] = "1"

    def _soiled_table(self, text: str, draw: random.Random) -> str:
        """A tab-separated file with the dirt that applies to one."""
        lines = [line.split("\t") for line in text.split("\n")]
        header = lines[0]
        if "currency_typo" in self._sandbox.dirt and "currency" in header and draw.random() < self._sandbox.typo_share:
            self._sandbox.soiled["currency_typo"] += _swap_column(lines, header.index("currency"), draw)
        if "schema_drift" in self._sandbox.dirt and self._drifts(DRIFT_SHARE):
            self._sandbox.soiled["schema_drift"] += 1
            if self._drifts(RENAME_SHARE):
                header[-1] += RENAMED_SUFFIX
            for line in lines[1:]:
                line.extend(["1"] if len(line) > 1 else [])
            header.append(NEW_FIELD)
        return "\n".join("\t".join(line) for line in lines)

    def _draw(self, *parts: object) -> random.Random:
        key = "|".join(map(str, (self._sandbox.world.seed, *parts)))
        return random.Random(hashlib.sha256(key.encode()).digest())  # noqa: S311  dirt is not a secret


def _swapped(code: str) -> str:
    return code[0] + code[2] + code[1] if len(code) == 3 else code


def _swap_column(lines: list[list[str]], position: int, draw: random.Random) -> bool:
    """Misspell one line's currency code; False when no line has one."""
    filled = [line for line in lines[1:] if len(line) > position and line[position]]
    if filled:
        line = draw.choice(filled)
        line[position] = _swapped(line[position])
    return bool(filled)


def _swap_currency(value: Any) -> int:
    """Misspell every currency code of a row, and count them."""
    if isinstance(value, list):
        return sum(_swap_currency(inner) for inner in value)
    if not isinstance(value, dict):
        return 0
    codes = [name for name, inner in value.items() if name.lower() in _CODES and isinstance(inner, str)]
    value.update({name: _swapped(value[name]) for name in codes})
    return len(codes) + sum(_swap_currency(inner) for inner in value.values())


def _retyped(value: Any) -> Any:
    """Ids as numbers, wherever they are."""
    if isinstance(value, list):
        return [_retyped(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: int(inner) if _is_id(name, inner) else _retyped(inner) for name, inner in value.items()}


def _is_id(name: str, value: Any) -> bool:
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20
    return is_digits and name.endswith(("_id", "Id")) and int(value) < 2**63
