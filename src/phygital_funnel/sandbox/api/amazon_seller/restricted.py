"""Restricted data tokens: an access token that also shows the personal data it was asked for."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from typing import Any

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.state import Sandbox

DATA_ELEMENTS = frozenset({"buyerInfo", "shippingAddress", "buyerTaxInformation"})
METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})
MOST_RESOURCES = 50
_MOST_TOKENS = 1000


@dataclass(frozen=True)
class Resource:
    """A path whose personal data a token shows.

    Args:
        method: of the request.
        path: it may name variable parts in braces.
        elements: of the data.
    """

    method: str
    path: str
    elements: frozenset[str]

    def covers(self, method: str, path: str, element: str) -> bool:
        """Whether the data of a request's path may be shown; no element means the path as a whole."""
        return self.method == method and self._fits(path) and (not element or element in self.elements)

    def _fits(self, path: str) -> bool:
        own, given = self.path.split("/"), path.split("/")
        return len(own) == len(given) and all(
            a == b or re.fullmatch(r"\{\w+\}", a) for a, b in zip(own, given, strict=True)
        )


@dataclass(frozen=True)
class Grant:
    """What a token shows beside the data that is not personal."""

    resources: tuple[Resource, ...] = ()

    def covers(self, method: str, path: str, element: str) -> bool:
        """Whether personal data of a request may be shown."""
        return any(resource.covers(method, path, element) for resource in self.resources)


class RestrictedTokens:
    """Issues restricted data tokens and says what any access token of the seller's application shows."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._tokens = sandbox.tokens
        self._client_id = sandbox.credentials.seller.client_id
        self._issued: OrderedDict[str, tuple[str, Grant]] = OrderedDict()
        self._serial = count(1)

    def issue(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A new token for the resources that a request body names.

        Raises:
            InvalidInput: the body names none, too many or malformed ones.
        """
        given = wanted.get("restrictedResources")
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_RESOURCES:
            raise InvalidInput(f"restrictedResources must hold 1 to {MOST_RESOURCES} resources.")
        grant = Grant(tuple(_resource(entry) for entry in given))
        token = f"Atz.sprdt|sbx-{next(self._serial):04d}"
        # It lives as long as an access token, and expires with them when a test revokes all.
        self._issued[token] = (self._tokens.issue(self._client_id), grant)
        if len(self._issued) > _MOST_TOKENS:
            self._issued.popitem(last=False)
        return {"restrictedDataToken": token, "expiresIn": int(self._tokens.lifetime)}

    def grant(self, token: str) -> Grant | None:
        """What a valid token shows; None for a token that is unknown, expired or another application's."""
        access_token, grant = self._issued.get(token, (token, Grant()))
        return grant if self._tokens.owner(access_token) == self._client_id else None


def _resource(entry: object) -> Resource:
    if not isinstance(entry, dict) or str(entry.get("method")) not in METHODS:
        raise InvalidInput(f"Each restricted resource needs a method of {', '.join(sorted(METHODS))}.")
    path = entry.get("path")
    if not isinstance(path, str) or not path.startswith("/"):
        raise InvalidInput("Each restricted resource needs a path.")
    elements = entry.get("dataElements") or []
    if not isinstance(elements, list) or not all(isinstance(e, str) and e in DATA_ELEMENTS for e in elements):
        raise InvalidInput(f"dataElements must be of {', '.join(sorted(DATA_ELEMENTS))}.")
    return Resource(str(entry["method"]), path, frozenset(elements))
