"""Courses, their drafts and their versions, for staff."""

from courses.admin import contents, courses

__all__ = ["contents", "courses"]
