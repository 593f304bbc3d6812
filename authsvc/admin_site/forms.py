"""Forms of admin pages."""

from typing import cast

from django import forms
from django.http import QueryDict


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="Recorded in the log.",
    )


def show_text_of_file(form: forms.BaseForm, field: str, text: str) -> None:
    """Show the text of a submitted file in *field*, to be corrected there: browsers do not send the file again."""
    data = cast("QueryDict", form.data).copy()
    data[field] = text
    form.data = data
