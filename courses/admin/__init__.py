"""Admin pages of courses and learning pathways, imported here to register them."""

from courses.admin import contents, courses, organization, pathways, subject_kinds

__all__ = ["contents", "courses", "organization", "pathways", "subject_kinds"]
