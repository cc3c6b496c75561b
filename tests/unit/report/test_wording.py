"""Numbers keep their meaning when they are put into words."""

from datetime import date
from decimal import Decimal

import pytest

from phygital_funnel.report import wording
from phygital_funnel.settings import API_SOURCES


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123456789, "USD", "1,234,567.89"),
        (-5, "EUR", "-0.05"),
        (1234, "JPY", "1,234"),
        (1234, "KWD", "1.234"),
        (None, "USD", "–"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount: int | None, currency: str, text: str) -> None:
    """Yen have no cents and dinars have mils."""
    assert wording.money(amount, currency) == text


def test_large_money_is_not_rounded_through_a_float() -> None:
    """2 ** 53 + 1 minor units cannot be held by a float."""
    assert wording.money(9007199254740993, "USD") == "90,071,992,547,409.93"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 2, "50 %"),
        (1, 30, "3.3 %"),
        (1, 300, "0.33 %"),
        (1, 10**6, "< 0.01 %"),
        (0, 5, "0.00 %"),
        (None, 5, "–"),
        (5, 0, "–"),
        (5, None, "–"),
    ],
)
def test_a_share_of_nothing_is_a_dash(part: int | None, whole: int | None, text: str) -> None:
    """A quotient by zero is not a number, and a missing part is not a zero."""
    assert wording.share(part, whole) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("2.500000"), "2.5"), (Decimal("2.000000"), "2"), (Decimal("1234.5"), "1,234"), (None, "–")],
)
def test_fractions_of_orders_are_kept_while_small(value: Decimal | None, text: str) -> None:
    """Shared credit makes half orders."""
    assert wording.count(value) == text


def test_identifiers_read_as_names() -> None:
    """Known names have their own spelling, and an unknown one is made readable."""
    assert [wording.name(n) for n in ("tiktok_ads", "position_based", None, "")] == [
        "TikTok ads",
        "Position based",
        "–",
        "–",
    ]


def test_every_source_has_a_name_of_its_own() -> None:
    """Nobody writes Tiktok."""
    assert [one for one in API_SOURCES if wording.name(one).startswith("Tiktok")] == []


def test_times_are_utc_and_odd_ones_stay_as_they_are() -> None:
    """A manifest of another version may hold anything."""
    assert wording.moment("2026-10-25T02:11:07") == "2026-10-25 02:11 UTC"
    assert wording.moment("2026-10-25T04:11:07+02:00") == "2026-10-25 02:11 UTC"
    assert wording.moment("soon") == "soon"
    assert wording.day(date(2026, 11, 7)) == "7 November 2026"
