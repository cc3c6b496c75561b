"""Page tokens: the rest of a query, sealed so that a client can hand them back but not change them."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput

TOKEN_SECONDS = 24 * 3600
_SEAL_BYTES = 12


class PageTokens:
    """Issues and opens page tokens; they live a day of real time.

    Args:
        secret: seals them.
        monotonic: seconds of real time.
    """

    def __init__(self, secret: str, monotonic: Callable[[], float]) -> None:
        self._secret = secret.encode()
        self._monotonic = monotonic

    def seal(self, operation: str, query: dict[str, Any]) -> str:
        """A token that continues a query of an operation."""
        body = json.dumps([operation, self._monotonic() + TOKEN_SECONDS, query], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._seal_of(body) + body).decode()

    def open(self, operation: str, token: str) -> dict[str, Any]:
        """The query that a token continues.

        Raises:
            InvalidInput: the token was not issued for this operation, or is older than a day.
        """
        try:
            raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise InvalidInput("The page token is malformed.") from error
        seal, body = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal_of(body)):
            raise InvalidInput("The page token is malformed.")
        issued_for, expires_at, query = json.loads(body)
        if issued_for != operation or self._monotonic() >= expires_at:
            raise InvalidInput("The page token has expired or belongs to another operation.")
        return dict(query)

    def _seal_of(self, body: bytes) -> bytes:
        return hmac.new(self._secret, body, hashlib.sha256).digest()[:_SEAL_BYTES]
