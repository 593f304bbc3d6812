"""My courses: how far a learner is on each, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from accounts.public import Principal
from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.forms import sentence_of
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import all_items
from courses.public import CourseVersion
from progress.domain.entities.progress import CourseProgress, ProgressStatus
from progress.pages.items import learner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerCourse:
    """A course as its learner sees it. `next_…` and `url` are of the first item that is not completed."""

    title: str
    slug: str
    status: ProgressStatus
    completed: int
    total: int
    next_title: str
    next_due_at: datetime | None
    url: str
    last_activity_at: datetime
    completed_at: datetime | None
    is_latest: bool

    @property
    def is_completed(self) -> bool:
        return self.status is ProgressStatus.COMPLETED

    @property
    def is_withdrawn(self) -> bool:
        return self.status is ProgressStatus.WITHDRAWN

    @classmethod
    def of(
        cls, progress: CourseProgress, version: CourseVersion | None, *, is_latest: bool
    ) -> "LearnerCourse":
        """Without a version, which the learner can see no longer, there is nothing to open."""
        items = list(version.outline.items) if version else []
        done = set(progress.completed_items)
        open_items = [item for item in items if item.id not in done]
        following = next(iter(open_items or items), None)
        required = version.outline.required_items if version else frozenset()
        slug = progress.course_slug
        return cls(
            title=version.title if version else slug,
            slug=slug,
            status=progress.status,
            completed=len(required & done),
            total=len(required),
            next_title=following.title if following else "",
            next_due_at=following.due_at if following else None,
            url=reverse("item", args=[slug, following.id]) if following else "",
            last_activity_at=progress.last_activity_at,
            completed_at=progress.completed_at,
            is_latest=is_latest,
        )


class CoursesView(LoginRequiredMixin, TemplateView):
    template_name = "progress/courses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"courses": courses_of(self.request)}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enrol on a course, or again on one that the learner had left."""
        try:
            progress = services().learning.enroll(
                request.POST.get("enrol", ""), by=learner_of(request)
            )
        except DomainError as error:
            messages.error(request, sentence_of(error))
        else:
            (course,) = _described([progress], learner_of(request))
            messages.success(request, f"You are enrolled in {course.title}.")
        return redirect("account_courses")


def courses_of(request: HttpRequest) -> list[LearnerCourse]:
    """The courses of the learner: first the one of their last activity, completed and left ones last."""
    by = learner_of(request)
    return _described(progress_of(by), by)


def progress_of(by: Principal) -> list[CourseProgress]:
    """How far the learner is on every course that they ever enrolled on."""
    return list(all_items(partial(services().progress.page_for, by)))


def _described(progress: list[CourseProgress], by: Principal) -> list[LearnerCourse]:
    latest_first = sorted(progress, key=lambda course: course.last_activity_at, reverse=True)
    ordered = sorted(
        latest_first, key=lambda course: course.status is not ProgressStatus.IN_PROGRESS
    )
    keys = [(course.course_id, course.course_version) for course in ordered]
    versions = {
        (version.course_id, version.number): version
        for version in services().catalog.versions_of(keys, scope=by.member_scope)
    }
    return [
        LearnerCourse.of(course, versions.get(key), is_latest=number == 0)
        for number, (key, course) in enumerate(zip(keys, ordered, strict=True))
    ]


register_account_tab(
    AccountTab(
        label="Courses",
        url_name="account_courses",
        place=10,
        section="progress/course_list.html",
        load=courses_of,
        below="/courses/",
    )
)
