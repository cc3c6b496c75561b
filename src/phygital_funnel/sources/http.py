"""The HTTP core every thin client shares: time-outs, a token bucket, retries by error type, request ids in logs."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import stamina
from pyrate_limiter import Limiter, Rate, StateBucket, TokenBucket

from phygital_funnel.errors import AuthError, ConfigError, RateLimited, SourceUnreachable, TransientSourceError

logger = logging.getLogger(__name__)
# httpx logs whole URLs; ours are logged without their query, where tokens and signatures can hide.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 300.0
T = TypeVar("T")


class RateLimit:
    """Blocks until a request may be sent: a token bucket per account and endpoint.

    Args:
        per_second: sustained rate the platform allows.
        burst: requests that may go at once.
        scale: multiplies the rate, for a sandbox whose limits are scaled alike.
    """

    def __init__(self, per_second: float, burst: int, *, scale: float = 1.0) -> None:
        milliseconds = max(1, round(burst * 1000 / (per_second * scale)))
        self._limiter = Limiter(StateBucket([Rate(burst, milliseconds)], TokenBucket()))

    def wait(self) -> None:
        """Take one token, waiting for it if none is left."""
        self._limiter.try_acquire("request", blocking=True)


def retrying(call: Callable[[], T]) -> T:
    """Run ``call``; on a transient error wait (as long as the platform asked, else with jittered back-off) and repeat.

    Raises:
        SourceError: the last transient error when the attempts are used up, or any other error at once.
    """
    result: T
    for attempt in stamina.retry_context(
        on=_backoff, attempts=ATTEMPTS, timeout=LONGEST_WAIT_SECONDS, wait_initial=0.5, wait_max=60.0, wait_jitter=0.5
    ):
        with attempt:
            result = call()
    return result


def _backoff(error: Exception) -> bool | float:
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after
    return isinstance(error, TransientSourceError)


class HttpClient:
    """A connection pool to one host whose network failures arrive as our own errors.

    Args:
        source: name of the source, for messages.
        base_url: scheme and host, without a trailing slash.
    """

    def __init__(self, source: str, base_url: str) -> None:
        self.source = source
        self._client = httpx.Client(base_url=base_url, timeout=TIMEOUT, follow_redirects=False)

    def close(self) -> None:
        """Close the pool's connections."""
        self._client.close()

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request, without retries.

        Raises:
            SourceUnreachable: no answer came, or it broke off.
        """
        try:
            response = self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                self.source, f"{method} {self._client.base_url}{path} got no answer ({type(error).__name__}: {error})."
            ) from error
        logger.info("%s %s %s -> %s", self.source, method, path, response.status_code)
        return response

    @contextmanager
    def download(self, url: str) -> Iterator[httpx.Response]:
        """Stream the body of an absolute, presigned URL; no credentials are sent.

        Raises:
            SourceUnreachable: no answer came, it broke off, or it is not a success.
        """
        try:
            with httpx.stream("GET", url, timeout=TIMEOUT) as response:
                if response.status_code != httpx.codes.OK:
                    raise SourceUnreachable(self.source, f"the report's download answered {response.status_code}.")
                yield response
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                self.source, f"the report's download broke off ({type(error).__name__})."
            ) from error


def json_body(source: str, response: httpx.Response) -> Any:
    """The response's JSON.

    Raises:
        SourceUnreachable: the body is not JSON, as from a gateway in trouble.
    """
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SourceUnreachable(
            source, f"the answer with status {response.status_code} is not JSON: {response.text[:80]!r}."
        ) from error


def read_credentials(source: str, path: Path | None, names: tuple[str, ...]) -> dict[str, str]:
    """Secrets of a source from its JSON file.

    Raises:
        ConfigError: the file or one of the names is missing. No value is ever shown.
    """
    variable = f"PHYGITAL_{source.upper()}_CREDENTIALS_FILE"
    if path is None:
        raise ConfigError(f"{source} is not configured: set {variable} to a JSON file with {', '.join(names)}.")
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise ConfigError(f"{variable} names {path}, which cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ConfigError(f"{path} ({variable}) is not JSON.") from error
    missing = [name for name in names if not isinstance(content, dict) or not str(content.get(name) or "")]
    if missing:
        raise ConfigError(f"{path} ({variable}) lacks {', '.join(missing)}.")
    return {name: str(content[name]) for name in names}


def refused_credentials(source: str, what: str) -> AuthError:
    """The error for credentials a platform does not take."""
    return AuthError(
        source,
        f"{what}. Renew the credentials in the file that PHYGITAL_{source.upper()}_CREDENTIALS_FILE names "
        "and run again.",
    )
