"""Rows that break a row rule: which there are, why, and people's decisions to let some of them stand."""
