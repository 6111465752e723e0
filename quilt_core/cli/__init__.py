"""The `quiltops` command: a group per group, imported when it is used."""
