"""Admin pages for decisions about one attempt: voiding, reopening and extending it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.admin_site.people import name_of
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit
from progress.admin.grading import title_of
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId


class VoidForm(ReasonForm):
    keeps_completion = forms.BooleanField(
        label="Keep the item completed",
        required=False,
        help_text="Otherwise it is open again if no other attempt passes it. A completed course stays completed.",
    )


class DeadlineForm(ReasonForm):
    """A deadline in UTC, required if *needs_deadline*."""

    until = forms.DateTimeField(
        label="New deadline (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order = ("until", "reason")

    def __init__(self, *args: Any, needs_deadline: bool, help_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].required = needs_deadline
        self.fields["until"].help_text = help_text


class DecisionPages(StaffAdmin):
    """Pages below the list of attempts; each asks for a reason and says what happened."""

    @admin_page({"<id:attempt_id>/void/": "progress_assessmentattempt_void"}, takes_away=True)
    def void_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Void an attempt, so that it no longer counts."""
        row, attempt, name = self._attempt(request, attempt_id)
        form = VoidForm(request.POST or None)

        def act() -> AssessmentAttempt:
            return services().grading.void(
                attempt.id,
                reason=form.cleaned_data["reason"],
                keeps_completion=form.cleaned_data["keeps_completion"],
                by=staff_of(request),
            )

        done = f"Voided {name}. It no longer counts."
        effects = (
            "The attempt no longer counts.",
            "The answers and grades stay in the record.",
        )
        title = f"Void {name}"
        return self._decide(request, row, form, act, title=title, effects=effects, done=done)

    @admin_page({"<id:attempt_id>/reopen/": "progress_assessmentattempt_reopen"}, takes_away=True)
    def reopen_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Return a submission to its learner."""
        row, attempt, name = self._attempt(request, attempt_id)
        form = DeadlineForm(
            request.POST or None,
            needs_deadline=False,
            help_text=f"The present one is {attempt.expires_at:%Y-%m-%d %H:%M}. Empty keeps it."
            if attempt.expires_at
            else "This attempt has no time limit: leave it empty.",
        )

        def act() -> AssessmentAttempt:
            return services().attempt_decisions.reopen(
                attempt.id,
                until=form.cleaned_data["until"],
                reason=form.cleaned_data["reason"],
                by=staff_of(request),
            )

        done = f"Reopened {name}. {name_of(row.user)} can change the answers and submit again."
        effects = (f"{name_of(row.user)} can change the answers and submit again.",)
        title = f"Reopen {name}"
        return self._decide(request, row, form, act, title=title, effects=effects, done=done)

    @admin_page({"<id:attempt_id>/extend/": "progress_assessmentattempt_extend"}, takes_away=True)
    def extend_view(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        """Give an attempt in progress more time."""
        row, attempt, name = self._attempt(request, attempt_id)
        present = f"{attempt.expires_at:%Y-%m-%d %H:%M}" if attempt.expires_at else "none"
        form = DeadlineForm(
            request.POST or None,
            needs_deadline=True,
            help_text=f"The present one is {present}.",
            initial={"until": attempt.expires_at},
        )

        def act() -> AssessmentAttempt:
            return services().attempt_decisions.extend(
                attempt.id,
                until=form.cleaned_data["until"],
                reason=form.cleaned_data["reason"],
                by=staff_of(request),
            )

        done = f"Extended {name}. Its deadline was {present} UTC."
        effects = (f"{name_of(row.user)} has until then to submit the answers.",)
        title = f"Extend {name}"
        return self._decide(request, row, form, act, title=title, effects=effects, done=done)

    def _attempt(
        self, request: HttpRequest, attempt_id: UUID
    ) -> tuple[Any, AssessmentAttempt, str]:
        """The row, the attempt and its name, for those who may decide about it."""
        row = self.row_allowed_by(self.has_act_permission, request, attempt_id)
        attempt = services().grading.get(AttemptId(attempt_id), by=staff_of(request))
        title = title_of(attempt, request)
        return row, attempt, f"attempt {attempt.number} of {name_of(row.user)} at {title}"

    def _decide(
        self,
        request: HttpRequest,
        row: Any,
        form: forms.Form,
        act: Callable[[], AssessmentAttempt],
        *,
        title: str,
        effects: tuple[str, ...],
        done: str,
    ) -> HttpResponse:
        """Ask, or act with the reason and go to the learner's page of the course."""

        def perform() -> None:
            message = f"{done} Reason: {form.cleaned_data['reason']}"
            self.perform(request, row, act, message)

        if request.method != "POST" or not submit(form, perform):
            back = self.page_url(row)
            confirmation = Confirmation(title=title, effects=effects, verb=title, back=back)
            return confirm_page(request, confirmation, form, opts=self.opts)
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:progress_courseprogress_learner", row.course_id, row.user_id)
