"""The registry client: identities, addresses, GraphQL, AWS credentials, search.

Both backends of this project build on it: they differ in how they read and write packages, not in
how they log in. It needs `requests`, `pyjwt` and `boto3`, which the backends require, and imports
each when it is needed.
"""
