"""The gateway that stands before the objects: signatures, permissions, faults."""
