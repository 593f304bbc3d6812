"""The dashboard of the admin site: what needs attention, and the figures of a period."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.public import MANY_FAILURES
from authsvc.admin_site.charts import Chart
from authsvc.admin_site.periods import period_context, selection_of
from authsvc.admin_site.tenants import scope_of
from authsvc.composition.container import services
from authsvc.kernel.tables import Row
from authsvc.overview.entities import Counts, Dashboard, Series, Standing

LEARNING: Final = "progress.view_courseprogress"
CREDENTIALS: Final = "credentials.view_usercredential"
SIGN_INS: Final = "accounts.view_signinrecord"
MOST_ADDRESSES: Final = 3
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


def dashboard_context(
    site: AdminSite, request: HttpRequest, groups: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the page shows to this member of staff; *groups* are those of their navigation."""
    counts = services().overview.counts(scope=scope_of(request))
    context: dict[str, Any] = {"attention": _attention(counts, groups)}
    if not any(map(request.user.has_perm, (SIGN_INS, LEARNING, CREDENTIALS))):
        return context
    dashboard = figures_of(request)
    return context | {
        **period_context(site, request, dashboard.period),
        "dashboard": dashboard,
        "tiles": _tiles(request, dashboard),
        "charts": charts_of(request, dashboard),
        "shows_learning": request.user.has_perm(LEARNING),
    }


def figures_of(request: HttpRequest) -> Dashboard:
    """The figures of the period that the query names; what is not a valid date or id in it is ignored."""
    period, subject = selection_of(request)
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
    values = {label: dashboard.parts(series) for series, label in labels.items()}
    return Chart.over(dashboard.period, key, title, values)


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
            links = _addresses(url) if key == "failed_sign_ins" else []
            facts = {"number": number, "words": words, "detail": detail, "links": links}
            rows.append(facts | {"url": url, "css_class": css_class})
    return rows


def _addresses(url: str) -> list[tuple[str, str]]:
    """The client IP addresses with most failed sign-ins, each with how many, and where this list has them."""
    addresses = services().sign_in_records.addresses_with_failures(most=MOST_ADDRESSES)
    return [
        (f"{number} from {client_ip}", f"{url}&{urlencode({'q': client_ip})}")
        for client_ip, number in addresses.items()
    ]


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


def _standings(head: str, standings: Sequence[Standing]) -> list[Row]:
    rows: list[Row] = [[row.name, row.enrolled, row.completed, row.percent] for row in standings]
    return [[head, "Enrolled", "Completed", "Percent"], *rows]
