"""Admin pages of progress, imported here to register them."""

from progress.admin import attempts, progress

__all__ = ["attempts", "progress"]
