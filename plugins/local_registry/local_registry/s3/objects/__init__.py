"""The built-in S3 store: an index in memory, a journal and bodies on disk."""
