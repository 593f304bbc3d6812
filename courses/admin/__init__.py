"""Admin pages of courses and learning pathways."""

from courses.admin import contents, courses, pathways

__all__ = ["contents", "courses", "pathways"]
