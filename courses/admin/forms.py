"""The forms in which staff write courses."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from accounts.public import OrganizationStatus, Right
from authsvc.actors import staff_of
from authsvc.forms import TextFileField, YamlField
from courses import models as rows
from courses.definitions import read_definition
from courses.definitions.forms import LONGEST_TEXT
from courses.domain.entities import CourseDefinition
from courses.domain.errors import InvalidDefinition, SlugFixed


def owner_field(model: type[Model], *, help_text: str) -> Any:
    """For whoever chooses whose it is."""
    column: Any = model._meta.get_field("org")
    return column.formfield(
        label="Organization",
        limit_choices_to={"status": OrganizationStatus.ACTIVE},
        empty_label="The platform",
        required=False,
        help_text=help_text,
    )


def chooses_owner(request: HttpRequest) -> bool:
    """Whether somebody of staff may say whose it is that he writes."""
    return staff_of(request).may(Right.MANAGE_ORGANIZATIONS)


class DraftForm(forms.ModelForm[rows.Course]):
    """`kept` is the draft as it stands, with the slug in it; Django makes a class for each request."""

    kept: ClassVar[str] = ""
    local_slug: ClassVar[str] = ""
    definition = YamlField(
        strip=False, help_text="The draft in YAML. Learners see none of it before it is published."
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = self.kept

    def clean_definition(self) -> CourseDefinition:
        definition = definition_in(self.cleaned_data["definition"])
        if definition.slug != self.local_slug:
            raise ValidationError(SlugFixed(slug=self.local_slug).detail)
        return definition


class ImportForm(forms.ModelForm[rows.Course]):
    org = owner_field(rows.Course, help_text="Whose course it is.")
    file = TextFileField(most_bytes=LONGEST_TEXT, help_text="It takes the place of the text below.")
    definition = YamlField(
        strip=False,
        required=False,
        help_text="YAML or JSON. If there is a course with its slug, this becomes the draft of that one.",
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.errors:
            text = said["file"] or said["definition"]
            if not text:
                raise ValidationError("Choose a file, or write a definition.")
            try:
                said["definition"] = definition_in(text)
            except ValidationError as complaints:
                # A browser does not send a file again, so its text goes where it can be mended.
                data = cast("QueryDict", self.data).copy()
                data["definition"] = text
                self.data = data
                self.add_error("definition", complaints)
        return said


class PlatformImportForm(ImportForm):
    """For whoever does not choose whose course it is."""

    org = None


def definition_in(text: str) -> CourseDefinition:
    """The definition that a form was given. Raises ValidationError with what is wrong in it, line by line."""
    try:
        return read_definition(text)
    except InvalidDefinition as refusal:
        raise ValidationError([complaint.detail for complaint in refusal.complaints]) from None
