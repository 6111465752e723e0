"""Identities: tokens, their claims, and how they are renewed."""
