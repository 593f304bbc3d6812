"""What people do with courses."""

from courses.domain.services.authoring import AuthoringService
from courses.domain.services.catalog import CatalogService

__all__ = ["AuthoringService", "CatalogService"]
