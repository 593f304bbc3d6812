"""Courses, their drafts and their versions, and learning pathways, for staff."""

from courses.admin import contents, courses, pathways

__all__ = ["contents", "courses", "pathways"]
