"""What staff see of progress, and how they grade."""

from progress.admin import attempts, progress

__all__ = ["attempts", "progress"]
