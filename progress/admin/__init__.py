"""Admin pages of progress, imported here to register them."""

from progress.admin import ai, attempts, progress, prompts

__all__ = ["ai", "attempts", "progress", "prompts"]
