"""The benchmark's promises in small: fast beside the loop one would write by hand, lean at any size."""

import pytest

from phygital_funnel.sources import bench

MOST_MB = 200
MOST_GROWTH_MB = 25
LEAST_SHARE = 0.5
"""Of the plain loop's rows per CPU second. It checks nothing, keeps no manifest and holds every row in memory."""


@pytest.fixture(scope="module")
def small():
    return bench.measure(bench.LANDING, 20_000)


@pytest.fixture(scope="module")
def larger():
    return bench.measure(bench.LANDING, 60_000)


def test_extraction_imports_neither_pandas_nor_great_expectations(small):
    assert small.heavy == ()


def test_memory_stays_below_the_bound_and_does_not_grow_with_the_report(small, larger):
    assert larger.peak_mb <= MOST_MB
    assert larger.peak_mb - small.peak_mb <= MOST_GROWTH_MB


def test_landing_is_not_much_dearer_than_the_plain_loop(larger):
    """A ratio, because the machine may be any; both run on it one after the other."""
    plain = bench.measure(bench.PLAIN, 60_000)

    assert larger.rows_per_cpu_second >= LEAST_SHARE * plain.rows_per_cpu_second
    assert larger.peak_mb < plain.peak_mb
