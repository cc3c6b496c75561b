"""Larger worlds for the tests of the generator, each made once however many modules ask."""

from functools import cache

import numpy as np

from phygital_funnel.sandbox.world import World, generate


@cache
def demo() -> World:
    """The demo world."""
    return generate("demo", 1)


def texts(world: World, table: str, column: str) -> np.ndarray:
    """A column of text as an array; NULL is None."""
    return np.array(world[table][column].to_pylist(), dtype=object)
