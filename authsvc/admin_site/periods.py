"""Periods that figures of the admin site are about: the form above them, and what a query names."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest

from authsvc.admin_site.lists import DayField
from authsvc.composition.container import services
from authsvc.overview.entities import Period, Subject

MOST_CHOICES: Final = 200
PRESETS: Final = (7, 30, 90)


class PeriodForm(forms.Form):
    """The period and subject of the figures."""

    since = DayField(label="From")
    until = DayField(label="To")
    course = forms.UUIDField(label="Course", required=False, widget=forms.Select())
    organization = forms.UUIDField(label="Organization", required=False, widget=forms.Select())

    def offer(self, name: str, everything: str, rows: Sequence[tuple[Any, str]]) -> None:
        """Set the choices of a field, or remove it without any."""
        if not rows:
            del self.fields[name]
            return
        widget = self.fields[name].widget
        if isinstance(widget, forms.Select):
            widget.choices = [("", everything), *((str(key), label) for key, label in rows)]


def selection_of(request: HttpRequest) -> tuple[Period, Subject]:
    """The period and the subject that the query names; what is not a valid date or id in it is ignored."""
    form = PeriodForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    period = services().overview.period(asked.get("since"), asked.get("until"))
    return period, Subject(course_id=asked.get("course"), org_id=asked.get("organization"))


def period_context(site: AdminSite, request: HttpRequest, period: Period) -> dict[str, Any]:
    """What the template `admin/includes/period.html` shows, and the query for downloads of the same figures."""
    days = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    form = PeriodForm(_asked(request) | days)
    form.offer("course", "All courses", _choices(site, request, "courses.course", "title"))
    form.offer(
        "organization",
        "All organizations",
        _choices(site, request, "accounts.organization", "name"),
    )
    return {
        "form": form,
        "presets": _presets(request, period),
        "query": request.GET.urlencode(),
    }


def _presets(request: HttpRequest, period: Period) -> list[dict[str, Any]]:
    """Links to usual periods that end today, with the subject kept."""
    today = services().overview.period(None, None).until
    firsts = [(f"{days} days", today - timedelta(days=days - 1)) for days in PRESETS]
    subject = {
        name: value for name, value in _asked(request).items() if name not in ("since", "until")
    }
    return [
        {
            "label": label,
            "url": f"?{urlencode(subject | {'since': first.isoformat(), 'until': today.isoformat()})}",
            "is_current": period == Period(since=first, until=today),
        }
        for label, first in [*firsts, ("This year", today.replace(month=1, day=1))]
    ]


def _asked(request: HttpRequest) -> dict[str, str]:
    names = (name for name in PeriodForm.base_fields if name in request.GET)
    return {name: str(request.GET[name]) for name in names}


def _choices(
    site: AdminSite, request: HttpRequest, model: str, column: str
) -> list[tuple[Any, str]]:
    """The first rows of a list by name, if the user may see it."""
    list_ = site.get_model_admin(apps.get_model(model))
    if not list_.has_view_permission(request):
        return []
    rows = list_.get_queryset(request).order_by(column)
    return list(rows.values_list("pk", column)[:MOST_CHOICES])
