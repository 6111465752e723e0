"""The administration room's hookspecs: users, roles, policies, buckets, API keys, SSO."""
