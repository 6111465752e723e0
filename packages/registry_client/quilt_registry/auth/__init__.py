"""Identities: tokens, what they say, and how they are renewed."""
