"""Access tokens that live for a day, the refresh tokens that renew them, and the file that both are kept in."""

import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phygital_funnel.errors import ConfigError, SchemaDrift
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import read_credentials
from phygital_funnel.sources.limits import account_digest
from phygital_funnel.sources.tiktok.api import Post
from phygital_funnel.sources.tiktok.codes import TokenRefused
from phygital_funnel.sources.tiktok_organic.streams import SOURCE

logger = logging.getLogger(__name__)

REFRESH_PATH = "/tt_user/oauth2/refresh_token/"
APP = ("app_id", "secret")
PAIR = ("access_token", "refresh_token")


class StoredTokens:
    """The token pairs of the credentials file, which new pairs are written back to.

    The file holds ``app_id`` and ``secret`` with ``access_token`` and ``refresh_token``; an account that authorised the
    app for itself has its own pair under ``accounts``, by open id. TikTok may replace the refresh token whenever it is
    used, so a pair that is not kept may be the last one: the file is the only place where secrets are.

    Args:
        settings: where the credentials are.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        file = settings.source(SOURCE).credentials_file
        self._app = read_credentials(SOURCE, file, APP)
        if file is None:
            raise ConfigError(f"{SOURCE} has no credentials file.")
        self._file = file
        self._content = self._read()
        self.app = account_digest(self._app["app_id"])

    def current(self, account: str) -> str:
        """The access token for an account.

        Raises:
            ConfigError: the file has no pair for it.
        """
        return self._pair(account)["access_token"]

    def renewed(self, account: str, token: str, refused: TokenRefused, post: Post) -> str:
        """A newer access token: what another process has put into the file meanwhile, or a new pair from TikTok.

        Raises:
            TokenRefused: the refresh token is refused, too.
        """
        with self._locked():
            self._content = self._read()
            if self.current(account) != token:
                return self.current(account)
            logger.info("%s: the access token of %s is refused; asking for a new one", SOURCE, account)
            pair = self._refreshed(account, post)
            self._holder(account).update(pair)
            self._keep()
            return pair["access_token"]

    def _refreshed(self, account: str, post: Post) -> dict[str, str]:
        pair = self._pair(account)
        answer = post(
            REFRESH_PATH,
            {
                "client_id": self._app["app_id"],
                "client_secret": self._app["secret"],
                "grant_type": "refresh_token",
                "refresh_token": pair["refresh_token"],
            },
        )
        found = {name: answer.data.get(name) for name in PAIR}
        missing = [f"data.{name}" for name, value in found.items() if not isinstance(value, str) or not value]
        if missing:
            raise SchemaDrift(SOURCE, f"the answer of {REFRESH_PATH}", missing=missing)
        return {name: str(value) for name, value in found.items()}

    def _pair(self, account: str) -> dict[str, str]:
        holder = self._holder(account)
        missing = [name for name in PAIR if not isinstance(holder.get(name), str) or not holder[name]]
        if missing:
            raise ConfigError(
                f"{self._file} (PHYGITAL_TIKTOK_ORGANIC_CREDENTIALS_FILE) lacks {', '.join(missing)} for the account "
                f"{account}: let the account authorise the app and put its pair there."
            )
        return {name: holder[name] for name in PAIR}

    def _holder(self, account: str) -> dict[str, Any]:
        """The part of the file that has the account's pair: its own, or the one that all others share."""
        own = self._content.get("accounts")
        held = own.get(account) if isinstance(own, dict) else None
        return held if isinstance(held, dict) else self._content

    def _read(self) -> dict[str, Any]:
        read_credentials(SOURCE, self._file, APP)  # which says what is wrong with the file
        content: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        return content

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time, so that no refresh token is used twice; where the folder is read-only, each alone."""
        try:
            file = self._file.with_name(f".{self._file.name}.lock").open("a")
        except OSError:
            yield
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _keep(self) -> None:
        """Replace the file at one stroke."""
        try:
            _replace(self._file, json.dumps(self._content) + "\n")
        except OSError as error:
            logger.warning(
                "%s: the renewed tokens could not be written to %s (%s). This process goes on with them; make the file "
                "writable, or renew it by hand before its refresh token ends.",
                SOURCE, self._file, error.strerror,
            )  # fmt: skip


def _replace(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o777
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
