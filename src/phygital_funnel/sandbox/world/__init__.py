"""The simulated world: people, content, delivery and demand as cause-labelled processes."""

from phygital_funnel.sandbox.world.sizes import SIZES, Size
from phygital_funnel.sandbox.world.world import World, generate

__all__ = ["SIZES", "Size", "World", "generate"]
