"""A service for many users over a Quilt catalog."""

from fastapi_service.application import create_app

__all__ = ["create_app"]
