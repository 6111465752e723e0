"""A registry as backends reach it: who asks, where it is, GraphQL, AWS credentials, search.

Both backends of this project build on it: they differ in how they read and write packages, not in
how they log in. It needs `requests`, `pyjwt` and `boto3`, which the backends bring, and imports
each when it is needed.
"""
