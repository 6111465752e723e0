"""The `quiltops` command, with one command group per operation group, which is imported when it is
used.
"""
