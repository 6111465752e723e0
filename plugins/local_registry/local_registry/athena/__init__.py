"""Athena: SQL over the packages and tabulator tables of the registry's buckets, by its own API."""
