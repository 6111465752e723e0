"""Hookspecs of the administration operations: users, roles, policies, buckets, API keys, SSO."""
