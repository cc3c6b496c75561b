"""Every error the package raises on purpose; the type decides whether a retry makes sense.

    FunnelError
    ├── ConfigError                 a setting, credential file or argument is wrong: a person must act
    ├── SourceError                 a platform or file could not be read
    │   ├── AuthError               credentials refused: a person must act
    │   ├── RequestRefused          the platform calls our request invalid: a bug or a wrong account
    │   ├── SchemaDrift             columns are missing or of another type: the file or answer changed shape
    │   ├── TruncatedReport         the bytes end before the report does
    │   ├── SeveralRefused          more than one stream or account was refused; what could be read was landed
    │   └── TransientSourceError    worth another try
    │       ├── RateLimited         throttled: wait, then try again
    │       ├── SourceUnreachable   no answer, a broken connection, or a 5xx
    │       └── NotYetLanded        it needs what another stream has not brought yet
    ├── LandingError                landing could not be read or written
    ├── HomeBusy                    another process is building in the same home: wait, then try again
    ├── BuildError                  dbt or the loader failed
    ├── QualityGateFailed           a critical expectation failed: nothing was published
    └── ReleaseError                no release to read, or none to roll back to

Each message says what was refused, where, and what to do next.
"""

from collections.abc import Iterable, Mapping, Sequence


class FunnelError(Exception):
    """Base of everything raised on purpose."""


class ConfigError(FunnelError):
    """A setting, a credentials file or an argument is missing or wrong."""


class SourceError(FunnelError):
    """A source could not be read.

    Args:
        source: name of the source, for example ``tiktok_ads``.
        message: what was refused and what to do next.
        request_id: the platform's own id of the failed request, if it gave one.
    """

    def __init__(self, source: str, message: str, *, request_id: str | None = None) -> None:
        self.source = source
        self.request_id = request_id
        super().__init__(f"{source}: {message}" + (f" [request id {request_id}]" if request_id else ""))


class AuthError(SourceError):
    """The platform refused the credentials; trying again cannot help."""


class RequestRefused(SourceError):
    """The platform calls the request invalid; trying again cannot help."""


class SchemaDrift(SourceError):
    """A file, a report or a page of an answer is not shaped as its stream declares.

    Args:
        source: name of the source.
        where: the file, or the stream with its account and page.
        missing: fields that are absent though required.
        retyped: what was found instead, by field, for example ``{"spend": "a number, not text"}``.
        unexpected: fields that the stream does not declare; one of them may be a missing one renamed.
    """

    def __init__(
        self,
        source: str,
        where: str,
        *,
        missing: Iterable[str] = (),
        retyped: Mapping[str, str] | None = None,
        unexpected: Iterable[str] = (),
    ) -> None:
        self.missing = tuple(sorted(missing))
        self.retyped = dict(sorted((retyped or {}).items()))
        self.unexpected = tuple(sorted(unexpected))
        problems = [
            *([f"lacks the columns {', '.join(self.missing)}"] if self.missing else ()),
            *([f"has {', '.join(f'{name} as {found}' for name, found in self.retyped.items())}"] if retyped else ()),
        ]
        if self.unexpected:
            problems.append(f"unexpected columns: {', '.join(self.unexpected)}")
        super().__init__(
            source,
            f"{where} {'; '.join(problems)}. Nothing of it was landed: correct the file, or, if the platform changed "
            f"its answer, the stream's declaration in sources/{source}/streams.py; then extract again.",
        )


class TruncatedReport(SourceError):
    """The report's bytes end before the report does."""


class SeveralRefused(SourceError):
    """Streams or accounts that cannot be read for reasons of their own; what could be read was landed."""

    def __init__(self, source: str, errors: Sequence[SourceError]) -> None:
        self.errors = tuple(errors)
        reasons = " / ".join(str(error).removeprefix(f"{source}: ") for error in errors)
        super().__init__(source, f"refused {len(errors)} times; what could be read was landed: {reasons}")


class TransientSourceError(SourceError):
    """The same request may succeed later."""


class RateLimited(TransientSourceError):
    """The platform throttled us.

    Args:
        source: name of the source.
        message: what was refused.
        retry_after: seconds the platform asked us to wait, if it said.
        request_id: the platform's id of the request.
    """

    def __init__(
        self, source: str, message: str, *, retry_after: float | None = None, request_id: str | None = None
    ) -> None:
        self.retry_after = retry_after
        super().__init__(source, message, request_id=request_id)


class SourceUnreachable(TransientSourceError):
    """No answer, a broken connection, or a server error."""


class NotYetLanded(TransientSourceError):
    """The stream needs another one that has not been landed; that one may be on its way."""


class LandingError(FunnelError):
    """The landing zone could not be read or written."""


class HomeBusy(FunnelError):
    """Another process is building in the same home, or reads its build database."""


class BuildError(FunnelError):
    """The loader or dbt failed; the current release is untouched."""


class QualityGateFailed(FunnelError):
    """A critical expectation failed; the current release is untouched.

    Args:
        stage: the gate, one of landing, staging, marts, published.
        failures: one sentence per failed critical expectation.
    """

    def __init__(self, stage: str, failures: Iterable[str]) -> None:
        self.stage = stage
        self.failures = tuple(failures)
        super().__init__(
            f"gate '{stage}' blocked the release: {'; '.join(failure.rstrip('.') for failure in self.failures)}. "
            "The last good release stays published. See `phygital status`, mend the cause and run again."
        )


class ReleaseError(FunnelError):
    """There is no release to read, or none to roll back to."""
