"""Admin forms for course definitions."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from accounts.public import OrganizationStatus, Right
from authsvc.http.actors import staff_of
from authsvc.http.forms import TextFileField, YamlField
from courses import models as rows
from courses.definitions.courses import read_definition
from courses.definitions.formats import LONGEST_TEXT
from courses.domain.entities.courses import CourseDefinition
from courses.domain.errors import InvalidDefinition, SlugFixed


def owner_field(model: type[Model], *, help_text: str) -> Any:
    """A field for administrators who choose the organization."""
    column: Any = model._meta.get_field("org")
    return column.formfield(
        label="Organization",
        limit_choices_to={"status": OrganizationStatus.ACTIVE},
        empty_label="The platform",
        required=False,
        help_text=help_text,
    )


def chooses_owner(request: HttpRequest) -> bool:
    """Whether the administrator can choose the organization of a course or pathway."""
    return staff_of(request).may(Right.MANAGE_ORGANIZATIONS)


class DraftForm(forms.ModelForm[rows.Course]):
    """`current` is the stored draft, and `local_slug` its slug. Django makes a class for each request."""

    current: ClassVar[str] = ""
    local_slug: ClassVar[str] = ""
    definition = YamlField(
        strip=False, help_text="The draft in YAML. Learners see it once it is published."
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = self.current

    def clean_definition(self) -> CourseDefinition:
        definition = definition_in(self.cleaned_data["definition"])
        if definition.slug != self.local_slug:
            raise ValidationError(SlugFixed(slug=self.local_slug).detail)
        return definition


class ImportForm(forms.ModelForm[rows.Course]):
    org = owner_field(rows.Course, help_text="The organization that owns the course.")
    file = TextFileField(most_bytes=LONGEST_TEXT, help_text="Replaces the text below.")
    definition = YamlField(
        strip=False,
        required=False,
        help_text="YAML or JSON. If a course with its slug exists, its draft is replaced.",
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors:
            text = cleaned["file"] or cleaned["definition"]
            if not text:
                raise ValidationError("Choose a file, or enter a definition.")
            try:
                cleaned["definition"] = definition_in(text)
            except ValidationError as errors:
                # A browser does not send a file again, so its text goes into the field, to be corrected there.
                data = cast("QueryDict", self.data).copy()
                data["definition"] = text
                self.data = data
                self.add_error("definition", errors)
        return cleaned


class PlatformImportForm(ImportForm):
    """For administrators who cannot choose the organization."""

    org = None


def definition_in(text: str) -> CourseDefinition:
    """The definition in the text. Raises ValidationError with each error and its line."""
    try:
        return read_definition(text)
    except InvalidDefinition as error:
        raise ValidationError([field_error.detail for field_error in error.field_errors]) from None
