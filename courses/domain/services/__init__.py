"""Services of courses."""

from courses.domain.services.authoring import AuthoringService
from courses.domain.services.catalog import CatalogService
from courses.domain.services.pathway_authoring import PathwayAuthoringService
from courses.domain.services.pathway_catalog import PathwayCatalogService

__all__ = [
    "AuthoringService",
    "CatalogService",
    "PathwayAuthoringService",
    "PathwayCatalogService",
]
