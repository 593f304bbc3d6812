"""Admin pages of progress."""

from progress.admin import attempts, progress

__all__ = ["attempts", "progress"]
