"""The gateway in front of the objects: signatures, permissions, faults."""
