"""Form fields and error handling, shared by the account pages and the admin site."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms

from accounts.public import PROFILE_MEMBERS, Profile, UnsuitableProfile
from authsvc.composition.container import services
from authsvc.kernel.errors import DomainError, FieldError, Invalid
from authsvc.kernel.text import InvalidName, decoded, name_of

_AUTOCOMPLETE: Final[Mapping[str, str]] = {
    "name": "name",
    "given_name": "given-name",
    "middle_name": "additional-name",
    "family_name": "family-name",
    "nickname": "nickname",
    "preferred_username": "nickname",
    "website": "url",
    "birthdate": "bday",
    "locale": "language",
    "phone_number": "tel",
    "address": "street-address",
}
_HELP: Final[Mapping[str, str]] = {
    "profile": "A URL, such as https://example.org/anna.",
    "picture": "The URL of a picture.",
    "website": "A URL.",
    "birthdate": "A date such as 2001-12-31, 0000-12-31 without the year, or a year.",
    "zoneinfo": "Such as Europe/Paris.",
    "locale": "A language tag, such as en or de-AT.",
    "phone_number": "With the country code, such as +46 8 123 456.",
    "address": "On one line.",
}


class AddressField(forms.CharField):
    """An e-mail address, in the form in which it is stored."""

    def __init__(self, *, label: str | None = None, help_text: str = "") -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(label=label, max_length=254, widget=widget, help_text=help_text)

    def clean(self, value: Any) -> str:
        address = str(super().clean(value))
        addresses = services().ports.email_addresses
        if not addresses.is_valid(address):
            raise forms.ValidationError("Enter a valid email address.", code="invalid")
        return addresses.normalized(address)


class NameField(forms.CharField):
    """A name, on one line and without invisible tricks, normalized."""

    def __init__(self, **options: Any) -> None:
        # `name_of` removes outer blanks itself, and refuses a name of nothing else.
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        try:
            return name_of(str(super().to_python(value)))
        except InvalidName as error:
            raise forms.ValidationError(str(error)) from error


class PasswordField(forms.CharField):
    """A password: as long as the API allows, with its spaces, and never shown again."""

    def __init__(self, *, label: str, is_new: bool = True) -> None:
        autocomplete = "new-password" if is_new else "current-password"
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, max_length=1024, strip=False, widget=widget)


class TextFileField(forms.FileField):
    """A text file in UTF-8 or UTF-16 of at most *most_bytes*. Its value is the text, empty without a file."""

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
            return decoded(file.read())
        except UnicodeDecodeError:
            detail = "The file is not text in UTF-8, nor in UTF-16 with a byte order mark."
            raise forms.ValidationError(detail) from None


class YamlField(forms.CharField):
    """A text in YAML; *css_class* is added to its text area."""

    def __init__(self, *, css_class: str = "", **kwargs: Any) -> None:
        area = forms.Textarea(
            attrs={"class": f"definition {css_class}".strip(), "spellcheck": "false"}
        )
        super().__init__(widget=area, **kwargs)

    def to_python(self, value: Any) -> str:
        """The text with LF line endings, in place of the CRLF that browsers send."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class ProfileFields(forms.Form):
    """Fields of a profile, also for the admin site. The domain checks the values."""

    given_name = forms.CharField(label="Given name", max_length=200, required=False)
    middle_name = forms.CharField(label="Middle name", max_length=200, required=False)
    family_name = forms.CharField(label="Family name", max_length=200, required=False)
    nickname = forms.CharField(label="Nickname", max_length=200, required=False)
    preferred_username = forms.CharField(label="Username", max_length=200, required=False)
    profile = forms.CharField(label="Profile page", max_length=2000, required=False)
    picture = forms.CharField(label="Picture", max_length=2000, required=False)
    website = forms.CharField(label="Website", max_length=2000, required=False)
    gender = forms.CharField(label="Gender", max_length=200, required=False)
    birthdate = forms.CharField(label="Date of birth", max_length=10, required=False)
    zoneinfo = forms.CharField(label="Time zone", max_length=100, required=False)
    locale = forms.CharField(label="Language", max_length=100, required=False)
    phone_number = forms.CharField(label="Telephone number", max_length=50, required=False)
    address = forms.CharField(label="Postal address", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = field.help_text or _HELP.get(name, "")
            if name in _AUTOCOMPLETE:
                field.widget.attrs["autocomplete"] = _AUTOCOMPLETE[name]

    def clean(self) -> dict[str, Any]:
        members = {name: self.cleaned_data.get(name, "") for name in PROFILE_MEMBERS}
        try:
            Profile().changed(members)
        except UnsuitableProfile as error:
            add_form_errors(self, error)
        return self.cleaned_data


def submit(form: forms.Form, act: Callable[[], object]) -> bool:
    """Call *act* if the form is valid, and return whether it succeeded. Errors are added to the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as error:
        add_form_errors(form, error)
        return False
    return True


def add_form_errors(form: forms.BaseForm, error: DomainError) -> None:
    """Add a domain error to the form, each of its field errors at the field."""
    field_errors = error.field_errors if isinstance(error, Invalid) else ()
    for field_error in field_errors or [FieldError(path="", detail=sentence_of(error))]:
        name = field_error.path if field_error.path in form.fields else None
        form.add_error(name, field_error.detail)


def sentence_of(error: DomainError) -> str:
    """The message of a domain error for a page: its title and details."""
    field_errors = error.field_errors if isinstance(error, Invalid) else ()
    details = [field_error.detail for field_error in field_errors] or [error.detail]
    return f"{error.title}. {' '.join(details)}"
