"""Where landing is: a folder, or a bucket that speaks S3. Everything else in the package is the same for both.

Credentials and endpoint of S3 come from the standard ``AWS_*`` variables; none is ever part of an error's text.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import fsspec

from phygital_funnel.errors import ConfigError, LandingError

if TYPE_CHECKING:
    import duckdb

UPLOAD_PART_BYTES = 8 * 2**20
"""What an upload keeps in memory; S3 takes parts of 5 MiB and more, at most 10,000 of them."""
# The writer asks S3 to refuse a commit whose number is taken. Without limits a dead endpoint is tried for minutes.
S3_OPTIONS = {"conditional_put": "etag", "max_retries": "4", "retry_timeout": "30s", "connect_timeout": "5s"}
_NO_BUCKET = re.compile(r"NoSuchBucket|bucket does not exist", re.IGNORECASE)
_REFUSED = re.compile(
    r"InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|ExpiredToken|InvalidToken|Forbidden|40[13]\b"
    r"|NoCredentials|Unable to locate credentials|credential provider|instance metadata|PermissionError",
    re.IGNORECASE,
)


class Storage:
    """Files under one URL.

    Args:
        url: a folder, or ``s3://bucket/prefix``.

    Raises:
        ConfigError: the URL is of another kind.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.is_s3 = self.url.startswith("s3://")
        if "://" in self.url and not self.is_s3:
            raise ConfigError(
                f"PHYGITAL_LANDING_URL={self.url} is neither a folder nor of the form s3://bucket/prefix."
            )

    @property
    def options(self) -> dict[str, str] | None:
        """What delta-rs needs besides the URL."""
        return dict(S3_OPTIONS) if self.is_s3 else None

    def table(self, source: str, stream: str) -> str:
        """Where a stream's table is; a local folder is made."""
        path = f"{self.url}/{source}/{stream}"
        if not self.is_s3:
            try:
                Path(path).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LandingError(f"{path} cannot be made ({error.strerror}); check PHYGITAL_LANDING_URL.") from error
        return path

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What reading or writing raises when the storage fails; an unreachable S3 is no ``OSError`` to botocore."""
        if not self.is_s3:
            return (OSError,)
        from botocore.exceptions import BotoCoreError, ClientError  # needed in buckets only, and slow to import

        return (OSError, BotoCoreError, ClientError)

    @contextmanager
    def writing(self, path: str) -> Iterator[IO[bytes]]:
        """A new file, durable when the block ends well; an upload that breaks off leaves no object.

        Raises:
            LandingError: the bucket does not take it.
            OSError: the folder does not take it.
        """
        if not self.is_s3:
            with Path(path).open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            return
        try:
            upload = self.filesystem().open(path, "wb", block_size=UPLOAD_PART_BYTES)
            try:
                yield upload
            except BaseException:
                with contextlib.suppress(Exception):
                    upload.discard()
                raise
            upload.close()
        except self.failures as error:
            raise self.refused(f"{path} could not be written", error) from error

    def remove(self, path: str) -> None:
        """Remove a file that was never committed, if it is there."""
        with contextlib.suppress(*self.failures):
            if self.is_s3:
                self.filesystem().rm_file(path)
            else:
                Path(path).unlink(missing_ok=True)

    def filesystem(self) -> Any:
        """The file system as fsspec knows it; listings are never taken from memory, because others write too."""
        return fsspec.filesystem("s3", use_listings_cache=False) if self.is_s3 else fsspec.filesystem("file")

    def serve(self, con: "duckdb.DuckDBPyConnection") -> None:
        """Let a DuckDB connection read the files; local ones it reads by itself."""
        if self.is_s3 and not con.filesystem_is_registered("s3"):
            con.register_filesystem(self.filesystem())

    def refused(self, doing: str, error: BaseException) -> LandingError:
        """The error of something that failed here: what, where, and what to do, without any secret.

        Args:
            doing: what failed, for example ``tiktok_ads__ads could not be landed``.
            error: what the library said.
        """
        if not self.is_s3:
            return LandingError(
                f"{doing} in {self.url}: {_first_line(error)}. Check PHYGITAL_LANDING_URL and the disk."
            )
        bucket = self.url.removeprefix("s3://").split("/", 1)[0]
        text = f"{type(error).__name__} {error}"
        if _NO_BUCKET.search(text):
            return LandingError(f"{doing}: there is no bucket {bucket!r}; create it or correct PHYGITAL_LANDING_URL.")
        if _REFUSED.search(text):
            return LandingError(
                f"{doing}: the storage refuses the credentials for bucket {bucket!r}; check AWS_ACCESS_KEY_ID, "
                "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and the bucket's policy."
            )
        return LandingError(
            f"{doing} in {self.url}: the storage cannot be used ({type(error).__name__}); "
            "check AWS_ENDPOINT_URL, AWS_REGION and, for plain http, AWS_ALLOW_HTTP=true; then try again."
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
