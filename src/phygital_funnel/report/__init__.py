"""The release as one self-contained page: no script, no request to anywhere."""

from phygital_funnel.report.page import render

__all__ = ["render"]
