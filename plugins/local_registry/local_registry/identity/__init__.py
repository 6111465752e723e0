"""Identities: users, roles, tokens, keys and credentials, and the errors of all stores."""
