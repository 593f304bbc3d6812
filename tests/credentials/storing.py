"""Stored credentials, and credentials issued to users."""

from typing import Any, Final

from accounts.domain.identity.entities.users import User
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.entities.definitions import Credential
from tests.support.builders import a_credential, an_issued_credential, some_terms
from tests.support.worlds import World

CLASSIFICATION: Final[dict[str, Any]] = {
    "tags": ["knots", "safety at sea"],
    "alignments": [
        {
            "target_name": "Ropework",
            "target_url": "https://skills.example/ropework",
            "target_framework": "Skills at sea",
            "target_code": "R-1",
            "target_description": "",
        }
    ],
    "achievement_type": "Competency",
}
"""Members of terms that say what third parties find a credential by, as JSON."""


def a_stored_credential(world: World, course: Course | None = None, **parts: Any) -> Credential:
    """A credential for the course, or for a new one."""
    terms = some_terms(course_id=(course or world.has_course()).id)
    credential = a_credential(terms=terms, **parts)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)
    return credential


def a_stored_issue(world: World, user: User | None = None, **parts: Any) -> IssuedCredential:
    """A new credential, issued to the user or to a new one."""
    issued = an_issued_credential(a_stored_credential(world), user or world.has_user(), **parts)
    world.repositories.issued_credentials.add(issued, scope=ALL_TENANTS)
    return issued
