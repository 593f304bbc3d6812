"""Admin forms for definitions of courses and pathways."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, ClassVar, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest

from accounts.public import OrganizationStatus, Right
from authsvc.admin_site.forms import show_text_of_file
from authsvc.http.actors import staff_of
from authsvc.http.forms import TextFileField, YamlField
from authsvc.kernel.errors import Invalid
from authsvc.kernel.preconditions import Precondition
from courses import models as rows
from courses.definitions.courses import read_definition
from courses.definitions.formats import LONGEST_TEXT
from courses.definitions.pathways import read_pathway
from courses.domain.entities.courses import CourseDefinition, local_slug_in
from courses.domain.entities.pathways import PathwayDefinition
from courses.domain.errors import SlugFixed

MOST_ARCHIVE_BYTES: Final = 100_000_000
Definition = TypeVar("Definition")


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


CHANGED_MEANWHILE: Final = (
    "Somebody else has changed this since you opened the page. Copy your text, reload the page and "
    "repeat your change."
)


def tag_of(text: str) -> str:
    """Identifies the text of a definition."""
    return sha256(text.encode()).hexdigest()


class DefinitionForm(forms.ModelForm[Any]):
    """`current` is the stored definition. Django makes a class for each request.

    `etag` identifies the definition that the author has seen, so that they do not replace another one.
    """

    current: ClassVar[str] = ""
    etag = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = self.current
        self.initial["etag"] = tag_of(self.current)

    def clean_etag(self) -> str:
        etag = str(self.cleaned_data["etag"])
        if self.current and etag != tag_of(self.current):
            raise ValidationError(CHANGED_MEANWHILE)
        return etag

    def precondition(self, *, text_of: Callable[[Any], str]) -> Precondition:
        """That the stored definition is still the one that the author has seen."""
        return Precondition(
            tags=frozenset({self.cleaned_data["etag"]}),
            tag_of=lambda definition: tag_of(text_of(definition)),
        )


class DraftForm(DefinitionForm):
    definition = YamlField(
        strip=False, help_text="The draft in YAML. Learners see it once it is published."
    )

    class Meta:
        model = rows.Course
        fields: ClassVar[list[str]] = []

    def clean_definition(self) -> CourseDefinition:
        definition = definition_in(self.cleaned_data["definition"], read=read_definition)
        local_slug = local_slug_in(self.instance.slug)
        if definition.slug != local_slug:
            raise ValidationError(SlugFixed(slug=local_slug).detail)
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
                cleaned["definition"] = definition_in(text, read=read_definition)
            except ValidationError as errors:
                show_text_of_file(self, "definition", text)
                self.add_error("definition", errors)
        return cleaned


class PlatformImportForm(ImportForm):
    """For administrators who cannot choose the organization."""

    org = None


class ArchiveForm(forms.Form):
    """A packed course of Open edX."""

    org = owner_field(rows.Course, help_text="The organization that owns the course.")
    file = forms.FileField(
        label="Archive",
        help_text="A course exported by Open edX, .tar.gz, up to 100 MB. You see what is in it first.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_ARCHIVE_BYTES:
            raise ValidationError(f"An archive has at most {MOST_ARCHIVE_BYTES:,} bytes.")
        return file


class PlatformArchiveForm(ArchiveForm):
    """For administrators who cannot choose the organization."""

    org = None


class PathwayForm(DefinitionForm):
    definition = YamlField(
        strip=False,
        help_text="The pathway in YAML. Learners see changes to a published pathway at once.",
    )

    class Meta:
        model = rows.LearningPathway
        fields: ClassVar[list[str]] = []

    def clean_definition(self) -> PathwayDefinition:
        return definition_in(self.cleaned_data["definition"], read=read_pathway)


class OwnedPathwayForm(PathwayForm):
    """For administrators who can choose the organization."""

    org = owner_field(rows.LearningPathway, help_text="The organization that owns the pathway.")


def definition_in(text: str, *, read: Callable[[str], Definition]) -> Definition:
    """The definition in the text. Raises ValidationError with each error and its line."""
    try:
        return read(text)
    except Invalid as error:
        raise ValidationError([field_error.detail for field_error in error.field_errors]) from None
