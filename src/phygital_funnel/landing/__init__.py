"""The landing zone: what the platforms said, as they said it, and when it became known."""

from phygital_funnel.landing.manifest import Manifest
from phygital_funnel.landing.zone import Landing

__all__ = ["Landing", "Manifest"]
