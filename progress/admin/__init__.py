"""Admin pages of progress, imported here to register them."""

from progress.admin import ai, attempts, person, progress, prompts, subject_kinds

__all__ = ["ai", "attempts", "person", "progress", "prompts", "subject_kinds"]
