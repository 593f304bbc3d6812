"""Lists of the admin site: filters as one form above the table, and counts that are bounded."""

import urllib.parse
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, Final

from django import forms
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

MOST_COUNTED: Final = 10_000
_ANY_ROW: Final = "ANY-ROW"


class BoundedPaginator(Paginator[Any]):
    """Pages of the first MOST_COUNTED rows: those beyond are reached by filters, and are not counted."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())

    @property
    def is_capped(self) -> bool:
        return self.count == MOST_COUNTED


class DayField(forms.DateField):
    """An optional day, at which a filter begins or ends."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput({"type": "date"}), **options)


def within_days(
    rows: "QuerySet[Any]", column: str, since: date | None, until: date | None
) -> "QuerySet[Any]":
    """The rows whose time is on one of these days (UTC), both included."""
    if since:
        rows = rows.filter(**{f"{column}__gte": datetime.combine(since, time.min, UTC)})
    if until:
        rows = rows.filter(**{f"{column}__lte": datetime.combine(until, time.max, UTC)})
    return rows


class FilterFields(forms.Form):
    """Fields by which something is filtered; those named in `more` are behind "More filters"."""

    more: ClassVar[tuple[str, ...]] = ()

    @property
    def basic_fields(self) -> list[Any]:
        return [field for field in self if field.name not in self.more]

    @property
    def more_fields(self) -> list[Any]:
        return [self[name] for name in self.more if name in self.fields]

    @property
    def has_more(self) -> bool:
        """Whether one of the fields of "More filters" is filled in."""
        return any(self.data.get(name) for name in self.more)


class FilterForm(FilterFields):
    """The fields by which a list is filtered, for filters that columns alone cannot express.

    A subclass has optional fields and overrides `filtered`. Set it as `filter_form` of a StaffAdmin.
    """

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that match `cleaned_data`, in which fields that were not filled in are empty or absent."""
        raise NotImplementedError  # subclasses say what matches

    @property
    def applied(self) -> list[str]:
        """What was filled in, in words."""
        if not self.is_valid():
            return []
        return [
            f"{self[name].label}: {self._word_of(name)}"
            for name, value in self.cleaned_data.items()
            if value not in (None, "", False, [])
        ]

    def _word_of(self, name: str) -> str:
        value, choices = self.cleaned_data[name], getattr(self.fields[name], "choices", None)
        return str(dict(choices).get(value, value) if choices is not None else value)


class StaffChangeList(ChangeList):
    """Django's list with a filter form."""

    def __init__(self, *args: Any, filter_form: FilterForm | None, **kwargs: Any) -> None:
        self.filter_form = filter_form
        super().__init__(*args, **kwargs)
        # Django would reverse the URL of each row, and resolve it to add the filters to which the row leads back.
        view = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        url, _, rest = reverse(view, args=[_ANY_ROW]).partition(_ANY_ROW)
        query = f"?{self.preserved_filters}" if self.preserved_filters else ""
        self._before_row, self._after_row = url, f"{rest}{query}"
        self.preserved_filters = ""

    def url_for_result(self, result: Any) -> str:
        """The URL of a row."""
        row = urllib.parse.quote(str(quote(getattr(result, self.pk_attname))))
        return f"{self._before_row}{row}{self._after_row}"

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        names = () if self.filter_form is None else self.filter_form.fields
        lookups: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in lookups.items() if name not in names}

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        form = self.filter_form
        return form.filtered(rows) if form is not None and form.is_valid() else rows
