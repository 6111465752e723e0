"""HTTP to a registry, as the backends need it: where to, once, again, and what came back.

It needs `requests`, which the backends bring, and imports it with the first request.
"""
