"""Admin pages of the learners of a course: who stands where, and files with their names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.public import Right, SubjectType, is_long_table
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.downloads import job_started, table_download
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.admin_site.people import name_of, person_link
from authsvc.admin_site.template_tags import moment
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.jobs.entities import KEPT_FOR
from authsvc.kernel.table_files import TableFormat
from progress.admin.learner_sheets import STATUS_LABELS, cell_line, learner_sheet
from progress.domain.entities.grids import (
    AWAY_DAYS,
    GridCounts,
    GridOrder,
    GridRow,
    GridSelection,
    LearnerFilter,
    LearnerGrid,
)
from progress.domain.entities.progress import ProgressStatus
from progress.domain.services.learner_grids import PER_PAGE

FILTERS: Final[Mapping[LearnerFilter, str]] = {
    LearnerFilter.ALL: "All learners",
    LearnerFilter.AWAY: f"Not seen for {AWAY_DAYS} days",
    LearnerFilter.FAILED: "Failed an assessment",
    LearnerFilter.NOT_STARTED: "Not started",
    LearnerFilter.OVERDUE: "Overdue",
    LearnerFilter.LATE: "Handed in late",
    LearnerFilter.COMPLETED: "Completed",
    LearnerFilter.WITHDRAWN: "Withdrawn",
}
NEEDS_HELP: Final = (
    LearnerFilter.AWAY,
    LearnerFilter.FAILED,
    LearnerFilter.NOT_STARTED,
    LearnerFilter.OVERDUE,
    LearnerFilter.LATE,
)
TOOLS: Final[Mapping[str, str]] = {
    "report": "Report",
    "learners_csv": "Export CSV with names",
    "learners_xlsx": "Export XLSX",
}
"""The pages beside the grid of a course, and what their links say."""
_BADGES: Final[Mapping[ProgressStatus, str]] = {
    ProgressStatus.COMPLETED: "good",
    ProgressStatus.WITHDRAWN: "off",
}
_PAGE_NUMBER: Final = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridQuery:
    """A selection of learners as it stands in the address of a page."""

    selection: GridSelection
    module: str
    page: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "GridQuery":
        """Read the address; what it does not understand is as if it were not there."""
        order = str(values.get("order", ""))
        page = str(values.get("page", ""))
        return cls(
            selection=GridSelection(
                show=_member(LearnerFilter, str(values.get("show", "")), LearnerFilter.ALL),
                text=str(values.get("q", "")).strip()[:200],
                order=_member(GridOrder, order.removeprefix("-"), GridOrder.NAME),
                is_descending=order.startswith("-"),
            ),
            module=str(values.get("module", "")),
            page=int(page) if _PAGE_NUMBER.fullmatch(page) else 1,
        )

    def address(self, **changes: Any) -> str:
        """The query of the address with these members changed, from its first page."""
        chosen, sign = self.selection, "-" if self.selection.is_descending else ""
        members = {
            "q": chosen.text,
            "show": "" if chosen.show is LearnerFilter.ALL else chosen.show.value,
            "module": self.module,
            "order": "" if (sign, chosen.order) == ("", GridOrder.NAME) else sign + chosen.order,
        }
        return "?" + urlencode(
            {name: value for name, value in (members | changes).items() if value}
        )

    def sorted_by(self, order: GridOrder) -> str:
        """The address with this order; the other way round if it is sorted so already."""
        is_so = self.selection.order is order
        sign = "-" if is_so and not self.selection.is_descending else ""
        return self.address(order=f"{sign}{order}")


class LearnerPages(StaffAdmin):
    """Pages of the list of progress for those who look after the learners of a course."""

    @admin_page({"courses/": "progress_courseprogress_courses"})
    def courses_view(self, request: HttpRequest) -> HttpResponse:
        """List the courses that have learners."""
        self._require_view(request)
        counted = self.get_queryset(request).order_by().values("course_id", "course__title")
        enrolled = Q(status__in=[ProgressStatus.IN_PROGRESS, ProgressStatus.COMPLETED])
        courses = counted.annotate(
            enrolled=Count("pk", filter=enrolled),
            completed=Count("pk", filter=Q(status=ProgressStatus.COMPLETED)),
            seen_at=Max("last_activity_at"),
        ).order_by("course__title", "course_id")
        page = Paginator(courses, PER_PAGE).get_page(request.GET.get("page"))
        return self._page(request, "courses", title="Learners by course", page=page)

    @admin_page({"learners/<id:course_id>/": "progress_courseprogress_learners"})
    def learners_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Show who stands where on a course."""
        self._require_view(request)
        query = GridQuery.of(request.GET)
        grid = services().learner_grids.of_course(
            str(course_id), query.selection, page=query.page, by=staff_of(request)
        )
        columns = [column for column in grid.columns if query.module in ("", column.module)]
        pages = Paginator(range(grid.total), PER_PAGE)
        counts, shown = grid.counts, query.selection.show
        return self._page(
            request,
            "learners",
            title=f"{grid.course.title}: learners",
            faint=_enrolled_line(grid),
            tools=[
                (label, _url(name, course_id) + ("" if name == "report" else query.address()))
                for name, label in TOOLS.items()
            ],
            grid=grid,
            columns=columns,
            modules=list(dict.fromkeys(column.module for column in grid.columns)),
            rows=[_line(row, grid, {column.item_id for column in columns}) for row in grid.rows],
            funnel=_funnel(counts),
            filters=[
                (show.value, FILTERS[show], counts.of(show), show is shown) for show in FILTERS
            ],
            needs_help=[
                (query.address(show=show.value), counts.of(show), FILTERS[show].lower())
                for show in NEEDS_HELP
            ],
            query=query,
            here=query.address(),
            is_filtered=query.address(order="", module="") != "?",
            orders={order.name.lower(): query.sorted_by(order) for order in GridOrder},
            order=query.selection.order.name.lower(),
            is_descending=query.selection.is_descending,
            page=pages.get_page(query.page),
            may_view=self._may_view_attempts(request),
        )

    @admin_page({"learners/<id:course_id>/csv/": "progress_courseprogress_learners_csv"})
    def learners_csv_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Return the selected learners as a CSV file with their names."""
        return self._export(request, course_id, TableFormat.CSV)

    @admin_page({"learners/<id:course_id>/xlsx/": "progress_courseprogress_learners_xlsx"})
    def learners_xlsx_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Return the same as a workbook."""
        return self._export(request, course_id, TableFormat.XLSX)

    def _export(self, request: HttpRequest, course_id: UUID, form: TableFormat) -> HttpResponse:
        """The file or, once that is confirmed, the job that writes a long one."""
        self._require_view(request)
        query, by = GridQuery.of(request.GET), staff_of(request)
        if request.method == "POST":
            task = services().grid_exports.start(str(course_id), query.selection, form, by=by)
            return job_started(request, task, message="The export of the learners has started.")
        course, table = services().learner_grids.table_of(str(course_id), query.selection, by=by)
        if not is_long_table(table):
            return table_download(table, form)
        confirmation = Confirmation(
            title=f"Export {table.total:,} learners of {course.title}",
            effects=(
                f"The file is written in the background and stored for {KEPT_FOR.days} days.",
            ),
            verb="Export",
            back=_url("learners", course_id) + query.address(),
            takes_away=False,
        )
        return confirm_page(request, confirmation, forms.Form())

    @admin_page({"learners/<id:course_id>/<id:user_id>/": "progress_courseprogress_learner"})
    def learner_view(self, request: HttpRequest, course_id: UUID, user_id: UUID) -> HttpResponse:
        """Show what one learner has done on a course, item by item."""
        self._require_view(request)
        mine = self.get_queryset(request).select_related("user", "course", "org")
        row = mine.filter(course_id=course_id, user_id=user_id).first()
        if row is None:
            raise Http404
        status = ProgressStatus(row.status)
        services().tenant_access.record_access(
            row.org_id, at=SubjectType.LEARNERS, subject_id=row.course_id, by=staff_of(request)
        )
        return self._page(
            request,
            "learner",
            title=f"{name_of(row.user)}: {row.course.title}",
            row=row,
            faint=format_html(
                "{} · {} · enrolled {} UTC in version {}",
                person_link(request, row.user_id, name_of(row.user)),
                row.user.email,
                moment(row.enrolled_at),
                row.course_version,
            ),
            badges=[
                (STATUS_LABELS[status], _BADGES.get(status, "")),
                (f"{row.percent_complete} % of the required items", "off"),
            ],
            sheet=learner_sheet(row, staff_of(request)),
            may_grade=staff_of(request).may(Right.GRADE_ATTEMPTS),
            may_view=self._may_view_attempts(request),
        )

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _may_view_attempts(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("progress.view_assessmentattempt"))

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        about = self.admin_site.each_context(request) | {"opts": self.opts} | context
        path = f"admin/progress/courseprogress/{template}.html"
        return TemplateResponse(request, path, about)


def _url(name: str, course_id: UUID) -> str:
    return reverse(f"admin:progress_courseprogress_{name}", args=[course_id])


def _enrolled_line(grid: LearnerGrid) -> str:
    version = grid.course.version
    published = f" · version {version} is published" if version else ""
    return f"{grid.counts.enrolled} enrolled{published}"


def _line(row: GridRow, grid: LearnerGrid, shown: set[UUID]) -> dict[str, Any]:
    """A row as the page shows it."""
    learner = row.learner
    cells = zip(grid.columns, row.cells, strict=True)
    return {
        "learner": learner,
        "name": learner.name or learner.email,
        "status": STATUS_LABELS[learner.status],
        "is_withdrawn": learner.status is ProgressStatus.WITHDRAWN,
        "done": row.done,
        "cells": [
            {"title": column.title, "due_at": column.due_at, **cell_line(cell)}
            for column, cell in cells
            if column.item_id in shown
        ],
    }


def _funnel(counts: GridCounts) -> list[tuple[str, int, int]]:
    """Label, number and percent of those who are enrolled, for each step."""
    steps = (
        ("Enrolled", counts.enrolled),
        ("Started", counts.started),
        ("Half of the items", counts.half),
        ("Completed", counts.completed),
    )
    return [
        (label, number, 100 * number // counts.enrolled if counts.enrolled else 0)
        for label, number in steps
    ]


def _member(kind: Any, value: str, default: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return default
