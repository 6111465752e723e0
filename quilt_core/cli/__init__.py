"""The `quiltops` command: a group per room, imported when it is used."""
