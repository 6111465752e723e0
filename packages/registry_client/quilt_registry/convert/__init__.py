"""From what a registry answers to domain objects, by fragment; pure functions."""
