"""Find a course: the published courses that a learner can enrol in, by title or summary."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views.generic import TemplateView

from accounts.public import Principal
from authsvc.composition.container import services
from authsvc.kernel.paging import InvalidCursor, Page, PageRequest
from courses.public import Course, CourseSelection, CourseStatus
from progress.domain.entities.progress import ProgressStatus
from progress.pages.courses import progress_of
from progress.pages.items import learner_of


class FindForm(forms.Form):
    q = forms.CharField(
        label="Title or summary",
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )
    cursor = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput())


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCourse:
    """A published course, and how the learner stands on it; without a status they never enrolled."""

    course: Course
    status: ProgressStatus | None

    @property
    def is_enrolled(self) -> bool:
        return self.status is ProgressStatus.IN_PROGRESS

    @property
    def is_completed(self) -> bool:
        return self.status is ProgressStatus.COMPLETED


class FindCourseView(LoginRequiredMixin, TemplateView):
    template_name = "progress/find_course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, by = FindForm(self.request.GET), learner_of(self.request)
        context = super().get_context_data(**kwargs) | {"form": form}
        if not form.is_valid():
            return context
        words, cursor = form.cleaned_data["q"], form.cleaned_data["cursor"] or None
        page = _page(words, cursor, by)
        following = {"q": words, "cursor": page.next_cursor}
        return context | {
            "courses": _offered(page, by),
            "next_url": f"?{urlencode(following)}" if page.next_cursor else "",
        }


def _page(words: str, cursor: str | None, by: Principal) -> Page[Course]:
    selection = CourseSelection(status=CourseStatus.PUBLISHED, search=words)
    try:
        return services().catalog.page_of(selection, PageRequest(cursor=cursor), by=by)
    except InvalidCursor as error:
        raise Http404 from error


def _offered(page: Page[Course], by: Principal) -> list[OfferedCourse]:
    statuses = {progress.course_id: progress.status for progress in progress_of(by)}
    return [OfferedCourse(course=course, status=statuses.get(course.id)) for course in page.items]
