"""HTTP to a registry, as the backends need it: addresses, requests, retries and responses.

It needs `requests`, which the backends require, and imports it with the first request.
"""
