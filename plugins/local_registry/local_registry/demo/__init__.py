"""The demonstration: the main job on every installed backend, against a registry of its own."""
