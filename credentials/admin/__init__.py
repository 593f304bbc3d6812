"""Credentials, for staff."""

from credentials.admin import copies, definitions

__all__ = ["copies", "definitions"]
