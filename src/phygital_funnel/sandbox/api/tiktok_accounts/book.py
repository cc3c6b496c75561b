"""The accounts and posts of a world, with their figures, worked out when they are first asked for."""

from functools import cached_property
from typing import Any

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_accounts import profiles, videos
from phygital_funnel.sandbox.api.tiktok_accounts.figures import Figures
from phygital_funnel.sandbox.api.tiktok_accounts.videos import Post
from phygital_funnel.sandbox.world.times import DAY, micros

LATENCY = DAY
"""A UTC day is known once it ended so long ago, so figures are 24 to 48 hours late."""


class AccountBook:
    """What the Accounts and the Display API are served from.

    Args:
        sandbox: whose world and clock are read.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @cached_property
    def accounts(self) -> dict[str, dict[str, Any]]:
        """Creators by open id, the brand's own first account first."""
        return {creator["open_id"]: creator for creator in self._sandbox.world["creators"].to_pylist()}

    @cached_property
    def posts(self) -> dict[str, list[Post]]:
        """Posts by creator id, newest first."""
        return videos.posts_by_creator(self._sandbox.world)

    @cached_property
    def _figures(self) -> Figures:
        return Figures(self._sandbox.world)

    @cached_property
    def profile_writer(self) -> profiles.ProfileWriter:
        """Writes the profile objects."""
        return profiles.ProfileWriter(self._figures, [market.country for market in self._sandbox.world.markets])

    @cached_property
    def video_writer(self) -> videos.VideoWriter:
        """Writes the video objects."""
        world = self._sandbox.world
        return videos.VideoWriter(world, self._figures, videos.promoted_since(world))

    @property
    def known_until(self) -> int:
        """The first day number of which nothing is known yet."""
        return (micros(self._sandbox.now) - LATENCY) // DAY
