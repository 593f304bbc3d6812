"""Editing of drafts in small steps: each of them leaves a draft that keeps the rules of definitions."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.public import OrganizationId, Principal
from authsvc.kernel.errors import FieldError
from authsvc.kernel.preconditions import Precondition
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.errors import InvalidDefinition
from courses.domain.services.authoring import AuthoringService

Check = Callable[[CourseDefinition], CourseDefinition]
"""Returns the definition as it is stored, with its titles normalized. Raises InvalidDefinition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEditor:
    """Edits need the right to author courses, of the organization that owns the course. They raise NotPermitted."""

    authoring: AuthoringService
    check: Check

    def edit(
        self,
        slug_or_id: str,
        change: Callable[[CourseDefinition], CourseDefinition],
        *,
        if_match: Precondition,
        reason: str = "",
        by: Principal,
    ) -> CourseDefinition:
        """Apply the change to the draft if the result keeps the rules of definitions, and return the result.

        Raises CourseNotFound, SlugFixed, PreconditionFailed, the errors of the change, and InvalidDefinition with the
        path of each error in the result.
        """
        return self.authoring.edit(
            slug_or_id,
            lambda definition: self.check(change(definition)),
            if_match=if_match,
            reason=reason,
            by=by,
        )

    def errors_in(self, definition: CourseDefinition) -> tuple[FieldError, ...]:
        """What is wrong with the definition, each with its path."""
        try:
            self.check(definition)
        except InvalidDefinition as error:
            return error.field_errors
        return ()

    def create(
        self,
        definition: CourseDefinition,
        *,
        org_id: OrganizationId | None = None,
        by: Principal,
    ) -> Course:
        """Create a course with the definition as its draft.

        Raises OrganizationNotFound, OrganizationSuspended, InvalidDefinition, SlugTaken.
        """
        return self.authoring.create(self.check(definition), org_id=org_id, by=by)
