"""Measures the inverted-phygital funnel: desire on TikTok, purchase on Amazon."""

from importlib.metadata import version

__version__ = version("phygital-funnel")
