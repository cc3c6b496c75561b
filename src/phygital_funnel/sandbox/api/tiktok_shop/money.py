"""Amounts as TikTok Shop writes them: text, with the decimals of the currency."""

from functools import lru_cache

from phygital_funnel.sandbox.world.catalogue import Market


def amount(minor: int, market: Market) -> str:
    """An amount of the currency's minor units as text.

    Args:
        minor: in minor units of the market's currency.
        market: whose currency it is.
    """
    return _text(minor, market.exponent)


# The same few prices and taxes are on thousands of orders.
@lru_cache(maxsize=4096)
def _text(minor: int, exponent: int) -> str:
    if exponent == 0:
        return str(minor)
    digits = str(abs(minor)).zfill(exponent + 1)
    return f"{'-' if minor < 0 else ''}{digits[:-exponent]}.{digits[-exponent:]}"


def priced(minor: int, market: Market) -> dict[str, str]:
    """The object of an amount and its currency."""
    return {"amount": amount(minor, market), "currency": market.currency}


def shares(total: int, parts: int) -> list[int]:
    """An amount in whole parts that add up to it; the first ones carry the remainder."""
    each, rest = divmod(total, parts)
    return [each + (number < rest) for number in range(parts)]
