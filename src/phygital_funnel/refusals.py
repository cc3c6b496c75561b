"""Lets one account or stream be refused without holding up the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from phygital_funnel.errors import NotYetLanded, SchemaDrift, SeveralRefused, SourceError, TransientSourceError

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
            TransientSourceError: as it came, when a second account in a row meets one: the platform itself is down.
        """
        try:
            yield account not in self._barred
        except SourceError as error:
            if _is_down(error) and self._errors and _is_down(self._errors[-1]):
                raise
            logger.warning("%s", error)
            self._errors.append(error)
            if not isinstance(error, SchemaDrift | NotYetLanded):  # its other streams would be refused alike
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


def _is_down(error: SourceError) -> bool:
    return isinstance(error, TransientSourceError) and not isinstance(error, NotYetLanded)
