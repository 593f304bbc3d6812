"""How long a test waits for another process or thread before it gives up."""

from typing import Final

PATIENCE: Final = 600
"""Seconds: longer than the busiest machine needs, because to wait in vain says something about the test alone."""
