"""The simulated world: people, content, delivery and demand as cause-labelled processes."""

from phygital_funnel.sandbox.world.scenario import SCENARIOS, Scenario
from phygital_funnel.sandbox.world.sizes import SIZES, Size
from phygital_funnel.sandbox.world.world import World, generate

__all__ = ["SCENARIOS", "SIZES", "Scenario", "Size", "World", "generate"]
