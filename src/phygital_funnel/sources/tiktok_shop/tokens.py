"""Credentials of the app, and its access token, which lives seven days and is renewed with the refresh token."""

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import read_credentials

logger = logging.getLogger(__name__)

NAMES = ("app_id", "secret", "access_token", "refresh_token")
TOKENS = ("access_token", "refresh_token")


@dataclass(frozen=True)
class Pair:
    """An access token and what renews it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Credentials:
    """What the credentials file holds. Renewed tokens are written back, because the platform may retire the old ones.

    Args:
        settings: name the file.
        source: name of the source.

    Raises:
        ConfigError: the file or one of its names is missing.
    """

    def __init__(self, settings: Settings, source: str) -> None:
        self._source = source
        self._path = settings.source(source).credentials_file
        found = self._read()
        self.app_key, self.secret = found["app_id"], found["secret"]
        self.pair = Pair(found["access_token"], found["refresh_token"])
        self.shop_ciphers = self._ciphers()

    def renew(self, refresh: Callable[[str], Pair]) -> None:
        """Replace a pair that the platform calls expired, unless another process has done so.

        Args:
            refresh: asks the platform for the pair that a refresh token stands for.

        Raises:
            SourceError: the platform gives none.
        """
        with self._locked():
            found = self._read()
            known = Pair(found["access_token"], found["refresh_token"])
            if known.access_token == self.pair.access_token:
                known = refresh(known.refresh_token)
                self._keep(known)
            self.pair = known

    def hidden(self, text: str) -> str:
        """A text of the platform without our secrets, should it repeat one."""
        secrets = (self.secret, self.pair.access_token, self.pair.refresh_token, *self.shop_ciphers.values())
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        return text

    def _read(self) -> dict[str, str]:
        return read_credentials(self._source, self._path, NAMES)

    def _content(self) -> dict[str, object]:
        content: dict[str, object] = json.loads(self._file.read_text(encoding="utf-8"))
        return content

    @property
    def _file(self) -> Path:
        if self._path is None:  # read_credentials has refused that already
            raise ConfigError(f"{self._source} has no credentials file.")
        return self._path

    def _ciphers(self) -> dict[str, str]:
        ciphers = self._content().get("shop_ciphers") or {}
        if not isinstance(ciphers, dict):
            raise ConfigError(
                f"{self._path}: shop_ciphers must be an object of shop id and cipher; "
                "leave it out to have them looked up."
            )
        return {str(shop): str(cipher) for shop, cipher in ciphers.items()}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _keep(self, pair: Pair) -> None:
        text = json.dumps({**self._content(), **{name: getattr(pair, name) for name in TOKENS}}, indent=2) + "\n"
        draft = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        try:
            draft.touch(mode=0o600)
            draft.write_text(text, encoding="utf-8")
            draft.chmod(self._file.stat().st_mode & 0o777)
            draft.replace(self._file)
        except OSError as error:  # a mounted secret: the pair serves this process, and the next one renews again
            logger.warning(
                "%s: the renewed tokens could not be written to the credentials file (%s); make it writable, "
                "or renew it yourself before the refresh token expires",
                self._source,
                error.strerror,
            )
