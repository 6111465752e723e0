"""Searching packages through the registry's index."""
