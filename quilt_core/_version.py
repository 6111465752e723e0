"""The version of all distributions of this project, which are released together."""

__version__ = "0.2.0"
