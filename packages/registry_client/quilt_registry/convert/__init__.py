"""Converting a registry's answers to domain objects, by fragment; pure functions."""
