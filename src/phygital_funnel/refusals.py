"""Lets one account or stream be refused without holding up the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from phygital_funnel.errors import AuthError, RequestRefused, SeveralRefused, SourceError, TransientSourceError

logger = logging.getLogger(__name__)


class Refusals:
    """What was refused while the accounts and streams of a source are read one after the other.

    Args:
        source: name of the source.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._errors: list[SourceError] = []
        self._barred: set[str] = set()

    @contextmanager
    def noted(self, account: str) -> Iterator[bool]:
        """Note a refusal within the block; gives whether the account is worth asking for at all.

        Raises:
            TransientSourceError: as it came, because whoever is next would wait for the same platform.
        """
        try:
            yield account not in self._barred
        except TransientSourceError:
            raise
        except SourceError as error:
            logger.warning("%s", error)
            self._errors.append(error)
            if isinstance(error, AuthError | RequestRefused):  # its other streams would be refused alike
                self._barred.add(account)

    def speak(self) -> None:
        """Raise what was noted.

        Raises:
            SourceError: the refusal, or all of them as one.
        """
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            raise SeveralRefused(self._source, self._errors)
