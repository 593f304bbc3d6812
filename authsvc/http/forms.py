"""What the forms of all pages have in common."""

from collections.abc import Callable
from typing import Any

from django import forms

from authsvc.kernel.errors import DomainError, FieldError, Invalid


class AddressField(forms.EmailField):
    """Checked and measured in lower case, as it is kept."""

    def __init__(self, *, label: str | None = None, help_text: str = "") -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(label=label, max_length=254, widget=widget, help_text=help_text)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class PasswordField(forms.CharField):
    """As long as the API takes it, with its spaces, and never shown again."""

    def __init__(self, *, label: str, is_new: bool = True) -> None:
        autocomplete = "new-password" if is_new else "current-password"
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, max_length=1024, strip=False, widget=widget)


class TextFileField(forms.FileField):
    """A file of text in UTF-8, no longer than *most_bytes*; the text of it, none without a file."""

    def __init__(self, *, most_bytes: int, help_text: str) -> None:
        super().__init__(required=False, help_text=help_text)
        self.most_bytes = most_bytes

    def clean(self, data: Any, initial: Any = None) -> str:
        file = super().clean(data, initial)
        if file is None:
            return ""
        if file.size > self.most_bytes:
            raise forms.ValidationError("The file is too long.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not text in UTF-8.") from None


class YamlField(forms.CharField):
    """A text in YAML; *look* names how its area looks besides."""

    def __init__(self, *, look: str = "", **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"class": f"definition {look}".strip(), "spellcheck": "false"})
        super().__init__(widget=area, **kwargs)

    def to_python(self, value: Any) -> str:
        """With the ends of lines that we write; browsers send others."""
        return str(super().to_python(value)).replace("\r\n", "\n")


def accepts(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form was sent, is in order and *act* did what it says; otherwise the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as refusal:
        tell(form, refusal)
        return False
    return True


def tell(form: forms.BaseForm, refusal: DomainError) -> None:
    """Have the form say what is refused, each complaint at its field."""
    field_errors = refusal.field_errors if isinstance(refusal, Invalid) else ()
    for field_error in field_errors or [FieldError(path="", detail=sentence_of(refusal))]:
        name = field_error.path if field_error.path in form.fields else None
        form.add_error(name, field_error.detail)


def sentence_of(refusal: DomainError) -> str:
    """What to tell somebody of a refusal."""
    field_errors = refusal.field_errors if isinstance(refusal, Invalid) else ()
    reasons = [field_error.detail for field_error in field_errors] or [refusal.detail]
    return f"{refusal.title}. {' '.join(reasons)}"
