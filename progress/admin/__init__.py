"""Admin pages of progress, imported here to register them."""

from progress.admin import ai, attempts, person, progress, prompts

__all__ = ["ai", "attempts", "person", "progress", "prompts"]
