"""The HTTP core every thin client shares: time-outs, connection limits, retries by error type, request ids in logs."""

import json
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
import stamina

from phygital_funnel.errors import AuthError, ConfigError, RateLimited, SourceUnreachable, TransientSourceError

logger = logging.getLogger(__name__)
# httpx logs whole URLs; ours are logged without their query, where tokens and signatures can hide.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
CONNECTIONS = httpx.Limits(max_connections=8, max_keepalive_connections=4)
ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 300.0
REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-tt-logid")
T = TypeVar("T")


def retrying(call: Callable[[], T], *, scale: float = 1.0) -> T:
    """Run ``call``; on a transient error wait (as long as the platform asked, else with jittered back-off) and repeat.

    Tries are counted and not the time they take, because a try may have waited for the rate limit. A platform that asks
    for more than five minutes is left alone: whoever runs the task tries again.

    Args:
        call: asks the platform once.
        scale: divides our own waits, for a sandbox that is faster than the platforms.

    Raises:
        SourceError: the last transient error when the attempts are used up, or any other error at once.
    """
    result: T
    for attempt in stamina.retry_context(
        on=_backoff,
        attempts=ATTEMPTS,
        timeout=None,
        wait_initial=0.5 / scale,
        wait_max=60.0 / scale,
        wait_jitter=0.5 / scale,
    ):
        with attempt:
            result = call()
    return result


def _backoff(error: Exception) -> bool | float:
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT_SECONDS else False
    return isinstance(error, TransientSourceError)


@cache
def _tls() -> ssl.SSLContext:
    """One for all connections of the process: reading the certificates takes longer than most requests."""
    return httpx.create_ssl_context()


def _tell(details: stamina.instrumentation.RetryDetails) -> None:
    logger.info("%s Trying again in %.1f s.", details.caused_by, details.wait_for, extra={"attempt": details.retry_num})


# Where structlog is installed, stamina would print its retries to stdout, past the logging of the host program.
stamina.instrumentation.set_on_retry_hooks((_tell,))


class HttpClient:
    """A connection pool to one host whose network failures arrive as our own errors.

    Args:
        source: name of the source, for messages.
        base_url: scheme and host, without a trailing slash.
        headers: sent with every request; never logged.
    """

    def __init__(self, source: str, base_url: str, headers: dict[str, str] | None = None) -> None:
        self.source = source
        self._client = httpx.Client(
            base_url=base_url,
            headers=headers,
            timeout=TIMEOUT,
            limits=CONNECTIONS,
            verify=_tls(),
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the pool's connections."""
        self._client.close()

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request, without retries.

        Raises:
            SourceUnreachable: no answer came, or it broke off.
        """
        started = time.monotonic()
        try:
            response = self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            what = f"{method} {self._client.base_url}{path} got no answer ({type(error).__name__}: {error})"
            raise SourceUnreachable(
                self.source, f"{what}. Extract again later; if it stays so, check the address and the network."
            ) from error
        self._log(method, path, response, time.monotonic() - started)
        return response

    def _log(self, method: str, path: str, response: httpx.Response, seconds: float) -> None:
        request_id = next((response.headers[name] for name in REQUEST_ID_HEADERS if name in response.headers), "")
        logger.info(
            "%s %s %s -> %s in %.2f s%s",
            self.source,
            method,
            path,
            response.status_code,
            seconds,
            f" [request id {request_id}]" if request_id else "",
            extra={
                "source": self.source,
                "method": method,
                "path": path,
                "status": response.status_code,
                "seconds": round(seconds, 3),
                "request_id": request_id,
            },
        )

    @contextmanager
    def download(self, url: str) -> Iterator[httpx.Response]:
        """Stream the body of an absolute, presigned URL; no credentials are sent.

        Raises:
            SourceUnreachable: no answer came, it broke off, or it is not a success.
        """
        try:
            with httpx.stream("GET", url, timeout=TIMEOUT, verify=_tls()) as response:
                if response.status_code != httpx.codes.OK:
                    raise SourceUnreachable(self.source, f"the report's download answered {response.status_code}.")
                yield response
        except httpx.HTTPError as error:
            raise SourceUnreachable(
                self.source, f"the report's download broke off ({type(error).__name__})."
            ) from error


def json_body(source: str, response: httpx.Response) -> Any:
    """The response's JSON. The body is never quoted: half of an answer may be half of a token.

    Raises:
        SourceUnreachable: the body is not JSON, as from a gateway in trouble.
    """
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        what = f"{response.request.method} {response.request.url.path} answered {response.status_code}"
        raise SourceUnreachable(
            source, f"{what} with {len(response.content)} bytes that are no whole JSON. Extract again later."
        ) from None  # its text quotes the body


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
