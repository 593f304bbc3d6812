"""Usage of AI: what the answers of a period cost, by day, course, organization and model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from authsvc.admin_site.charts import Chart, in_cents
from authsvc.admin_site.periods import period_context, selection_of
from authsvc.admin_site.tenants import scope_of
from authsvc.composition.container import services
from authsvc.kernel.tables import Row
from authsvc.overview.entities import AIUsage, UsagePart, UsageSum

AI_USAGE: Final = "progress.view_aisession"
"""The permission to see what AI was used."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table: the head of its first column, what rows without a name are, and the parameter that selects a row."""

    head: str
    nameless: str
    parameter: str = ""


PARTS: Final[Mapping[UsagePart, Part]] = {
    UsagePart.COURSES: Part("Course", "About no course", "course"),
    UsagePart.ORGANIZATIONS: Part("Organization", "Outside of organizations", "organization"),
    UsagePart.MODELS: Part("Model", "Not named"),
}


def usage_context(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """What the page shows. Raises PermissionDenied."""
    usage = _usage(request)
    answers, cost = sum(usage.answers.values()), sum(usage.cost_micro_usd.values())
    return period_context(site, request, usage.period) | {
        "charts": _charts(usage),
        "parts": [(part.value, PARTS[part], usage.sums[part]) for part in UsagePart],
        "answers": answers,
        "cost_micro_usd": cost,
        "cost_per_answer_micro_usd": cost // answers if answers else None,
    }


def usage_table(request: HttpRequest, name: str) -> Sequence[Row]:
    """The table behind a chart, or that of a part, by its key. Raises PermissionDenied, Http404."""
    usage = _usage(request)
    for part, about in PARTS.items():
        if part.value == name:
            return _table(about, usage.sums[part])
    for chart in _charts(usage):
        if chart.key == name:
            return chart.table
    raise Http404


def _usage(request: HttpRequest) -> AIUsage:
    if not request.user.has_perm(AI_USAGE):
        raise PermissionDenied
    period, subject = selection_of(request)
    return services().overview.ai_usage(period, subject, scope=scope_of(request))


def _charts(usage: AIUsage) -> list[Chart]:
    period = usage.period
    values = {
        "cost": ("Cost in US cents", in_cents(period.by_part(usage.cost_micro_usd))),
        "answers": ("Answers", period.by_part(usage.answers)),
    }
    return [
        Chart.over(period, key, title, {title: parts}) for key, (title, parts) in values.items()
    ]


def _table(part: Part, sums: Sequence[UsageSum]) -> list[Row]:
    rows: list[Row] = [
        [row.name or part.nameless, row.answers, row.tokens, row.cost_micro_usd] for row in sums
    ]
    return [[part.head, "Answers", "Tokens", "Cost in millionths of a US dollar"], *rows]
