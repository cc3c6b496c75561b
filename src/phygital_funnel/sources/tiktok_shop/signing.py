"""The signature that every call of the Partner API carries (api-contracts 3)."""

import hashlib
import hmac
from collections.abc import Mapping

_UNSIGNED = frozenset({"sign", "access_token"})


def signature(secret: str, path: str, query: Mapping[str, str], body: bytes = b"") -> str:
    """The lower-case hexadecimal HMAC-SHA256 that goes out as ``sign``.

    Args:
        secret: of the app.
        path: of the request, without the host.
        query: all parameters as the platform will decode them; ``sign`` and ``access_token`` are left out.
        body: as sent.
    """
    pairs = "".join(name + query[name] for name in sorted(query) if name not in _UNSIGNED)
    signed = b"".join((secret.encode(), path.encode(), pairs.encode(), body, secret.encode()))
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
