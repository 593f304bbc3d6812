"""The dashboard of the admin site: what needs attention, and the figures of a period."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.public import MANY_FAILURES
from authsvc.admin_site.charts import Chart, ChartSeries
from authsvc.admin_site.lists import DayField
from authsvc.admin_site.tenants import scope_of
from authsvc.composition.container import services
from authsvc.kernel.tables import Row
from authsvc.overview.entities import Counts, Dashboard, Period, Series, Standing, Subject

MOST_CHOICES: Final = 200
PRESETS: Final = (7, 30, 90)
LEARNING: Final = "progress.view_courseprogress"
CREDENTIALS: Final = "credentials.view_usercredential"
SIGN_INS: Final = "accounts.view_signinrecord"
_PERMISSIONS: Final = {"sign-ins": SIGN_INS, "credentials": CREDENTIALS}
"""What the charts and tables need, other than LEARNING."""
# Count, words for one and for several, words about its time, query of the list, and CSS class.
ATTENTION: Final = (
    (
        "submissions_to_grade",
        ("submission to grade", "submissions to grade"),
        "The oldest was handed in {}.",
        "status__exact=submitted",
        "",
    ),
    (
        "open_flags",
        ("flagged answer to review", "flagged answers to review"),
        "The oldest was flagged {}.",
        "is_open__exact=1",
        "",
    ),
    ("failed_jobs", ("failed job", "failed jobs"), "Last {}.", "status__exact=failed", "bad"),
    ("failing_webhooks", ("failing webhook", "failing webhooks"), "Paused since {}.", "", "bad"),
    (
        "failed_sign_ins",
        # There are always several.
        ("", f"failed sign-ins from client IP addresses with {MANY_FAILURES} or more in 24 hours"),
        "Last {}.",
        "outcome=in-numbers",
        "bad",
    ),
    (
        "expiring_clients",
        ("client or secret expires within 7 days", "clients or secrets expire within 7 days"),
        "The next one {}.",
        "",
        "warn",
    ),
    (
        "suspended_organizations",
        ("suspended organization", "suspended organizations"),
        "",
        "status__exact=suspended",
        "warn",
    ),
)


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


def dashboard_context(
    site: AdminSite, request: HttpRequest, groups: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the page shows to this member of staff; *groups* are those of their navigation."""
    counts = services().overview.counts(scope=scope_of(request))
    context: dict[str, Any] = {"attention": _attention(counts, groups)}
    if not any(map(request.user.has_perm, (SIGN_INS, LEARNING, CREDENTIALS))):
        return context
    dashboard = figures_of(request)
    form = PeriodForm(
        _asked(request)
        | {"since": dashboard.period.since.isoformat(), "until": dashboard.period.until.isoformat()}
    )
    form.offer("course", "All courses", _choices(site, request, "courses.course", "title"))
    form.offer(
        "organization",
        "All organizations",
        _choices(site, request, "accounts.organization", "name"),
    )
    return context | {
        "form": form,
        "presets": _presets(request, dashboard.period),
        "dashboard": dashboard,
        "tiles": _tiles(request, dashboard),
        "charts": charts_of(request, dashboard),
        "shows_learning": request.user.has_perm(LEARNING),
        "query": request.GET.urlencode(),
    }


def figures_of(request: HttpRequest) -> Dashboard:
    """The figures of the period that the query names; what is not a valid date or id in it is ignored."""
    form = PeriodForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    period = services().overview.period(asked.get("since"), asked.get("until"))
    subject = Subject(course_id=asked.get("course"), org_id=asked.get("organization"))
    return services().overview.dashboard(period, subject, scope=scope_of(request))


def table_of(request: HttpRequest, name: str) -> list[Row]:
    """The table behind a chart, by the key of the chart, or one of `courses` and `organizations`.

    Raises PermissionDenied, Http404.
    """
    if not request.user.has_perm(_PERMISSIONS.get(name, LEARNING)):
        raise PermissionDenied
    dashboard = figures_of(request)
    if name == "courses":
        return _standings("Course", dashboard.courses)
    if name == "organizations":
        return _standings("Organization", dashboard.organizations)
    for chart in charts_of(request, dashboard):
        if chart.key == name:
            return chart.table
    raise Http404


def charts_of(request: HttpRequest, dashboard: Dashboard) -> list[Chart]:
    charts = []
    if request.user.has_perm(SIGN_INS):
        labels = {Series.SIGN_INS: "Succeeded", Series.FAILED_SIGN_INS: "Failed"}
        charts.append(_chart(dashboard, "sign-ins", "Sign-ins", labels))
    if request.user.has_perm(LEARNING):
        labels = {Series.ENROLMENTS: "Enrolments", Series.COMPLETIONS: "Completions"}
        charts.append(_chart(dashboard, "enrolments", "Enrolments and completions", labels))
    if request.user.has_perm(CREDENTIALS):
        labels = {Series.ISSUED: "Issued"}
        charts.append(_chart(dashboard, "credentials", "Credentials issued", labels))
    return charts


def _chart(dashboard: Dashboard, key: str, title: str, labels: Mapping[Series, str]) -> Chart:
    return Chart(
        key=key,
        title=title,
        days=dashboard.period.beginnings(),
        is_by_week=dashboard.period.is_by_week,
        series=tuple(
            ChartSeries(label=label, values=dashboard.parts(series))
            for series, label in labels.items()
        ),
    )


def _attention(counts: Counts, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What waits, of that which is in the navigation of the user."""
    urls = {
        entry["key"]: entry["url"] for group in groups for entry in group["entries"] if entry["key"]
    }
    rows = []
    for key, (singular, plural), about, query, css_class in ATTENTION:
        number, time = getattr(counts, key), counts.since.get(key)
        if number and key in urls:
            detail = about.format(_words_of(time)) if about and time else ""
            url = f"{urls[key]}?{query}" if query else urls[key]
            words = singular if number == 1 else plural
            facts = {"number": number, "words": words, "detail": detail}
            rows.append(facts | {"url": url, "css_class": css_class})
    return rows


def _words_of(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _tiles(request: HttpRequest, dashboard: Dashboard) -> list[tuple[str, int, str]]:
    """The four numbers: label, number, and what it is compared with."""
    days = dashboard.period.days
    tiles = []
    if request.user.has_perm(LEARNING):
        tiles.append(("Active learners", dashboard.active_learners, f"of {dashboard.learners}"))
        tiles += [
            (label, dashboard.total(series), _before(dashboard.total_before(series), days))
            for label, series in (
                ("Enrolments", Series.ENROLMENTS),
                ("Completions", Series.COMPLETIONS),
            )
        ]
    if request.user.has_perm(CREDENTIALS):
        revoked = dashboard.total(Series.REVOKED)
        detail = f"{_before(dashboard.total_before(Series.ISSUED), days)}; {revoked} revoked"
        tiles.append(("Credentials issued", dashboard.total(Series.ISSUED), detail))
    return tiles


def _before(number: int, days: int) -> str:
    return f"{number} in the {days} days before" if days > 1 else f"{number} the day before"


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


def _standings(head: str, standings: Sequence[Standing]) -> list[Row]:
    rows: list[Row] = [[row.name, row.enrolled, row.completed, row.percent] for row in standings]
    return [[head, "Enrolled", "Completed", "Percent"], *rows]
