"""Loads raw relations, runs dbt, publishes releases and reads them."""
