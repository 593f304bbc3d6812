"""The page of an item: its text, its completion, and the conversation with the tutor about it."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from accounts.public import Principal
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.markdown import html_of
from authsvc.http.problems import problem_response
from authsvc.http.streaming import EVENT_STREAM, event_stream
from authsvc.kernel.errors import DomainError, NotFound
from authsvc.kernel.paging import PageRequest
from courses.public import ItemId, ModuleItem, Outline
from progress.api.tutor import events_of
from progress.domain.ai.entities.budgets import end_of_month
from progress.domain.ai.entities.feedback import LONGEST_COMMENT, Rating
from progress.domain.ai.entities.sessions import (
    AIInteractionId,
    AISession,
    ReadInteraction,
    SessionType,
)
from progress.domain.ai.ports import FinishReason, Role
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.tutor import LONGEST_MESSAGE, TutorService
from progress.domain.entities.progress import CourseProgress
from progress.domain.errors import ProgressNotFound

SHOWN: Final = PageRequest(limit=100)


class MessageForm(forms.Form):
    text = forms.CharField(max_length=LONGEST_MESSAGE)


class FeedbackForm(forms.Form):
    rating = forms.ChoiceField(choices=[(rating.value, rating.value) for rating in Rating])
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as the page shows it."""

    id: AIInteractionId
    is_own: bool
    html: str
    is_broken_off: bool
    is_stopped: bool
    is_missing: bool
    rating: str

    @classmethod
    def of(cls, read: ReadInteraction, rating: Rating | None) -> "Message":
        made = read.interaction.generation
        return cls(
            id=read.interaction.id,
            is_own=read.interaction.role is Role.USER,
            html=html_of(read.text or ""),
            is_broken_off=made.finish_reason is FinishReason.ERROR,
            is_stopped=made.finish_reason is FinishReason.CANCELLED,
            is_missing=read.text is None,
            rating=rating or "",
        )


class ItemView(LoginRequiredMixin, View):
    """Shows the item. A message posted with `Accept: text/event-stream` is answered as a stream, else by a redirect."""

    def get(self, request: HttpRequest, course: str, item_id: ItemId) -> HttpResponse:
        by = learner_of(request)
        try:
            return render(request, "progress/item.html", _page(course, item_id, by))
        except NotFound as error:
            raise Http404 from error

    def post(self, request: HttpRequest, course: str, item_id: ItemId) -> HttpResponseBase:
        by = learner_of(request)
        wants_stream = EVENT_STREAM in request.headers.get("Accept", "")
        try:
            if "complete" in request.POST:
                services().learning.complete_item(course, item_id, by=by)
                messages.success(request, "Item completed.")
                return redirect("item", course, item_id)
            return self._answer(request, course, item_id, by, wants_stream=wants_stream)
        except DomainError as error:
            if wants_stream:
                return problem_response(error)
            messages.error(request, error.detail)
        return redirect(f"{reverse('item', args=[course, item_id])}#talk")

    def _answer(
        self,
        request: HttpRequest,
        course: str,
        item_id: ItemId,
        by: Principal,
        *,
        wants_stream: bool,
    ) -> HttpResponseBase:
        form = MessageForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        tutor = services().tutor
        session = _session_about(course, item_id, by) or services().ai_sessions.start(
            SessionType.TUTORING, Topic(course=course, item_id=item_id), by=by
        )
        exchange = tutor.ask(session.id, form.cleaned_data["text"], by=by)
        if wants_stream:
            return event_stream(events_of(exchange, by=by))
        _wait_for(tutor, exchange, by)
        return redirect(f"{reverse('item', args=[course, item_id])}#latest")


class FeedbackView(LoginRequiredMixin, View):
    """Takes the thumbs of an answer, and shows the form for a report."""

    def get(
        self, request: HttpRequest, course: str, item_id: ItemId, interaction_id: AIInteractionId
    ) -> HttpResponse:
        return render(request, "progress/report.html", {"course": course, "item_id": item_id})

    def post(
        self, request: HttpRequest, course: str, item_id: ItemId, interaction_id: AIInteractionId
    ) -> HttpResponse:
        form, by = FeedbackForm(request.POST), learner_of(request)
        if not form.is_valid():
            return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        rating, comment = Rating(form.cleaned_data["rating"]), form.cleaned_data["comment"]
        try:
            services().ai_sessions.give_feedback(interaction_id, rating, comment, by=by)
        except NotFound as error:
            raise Http404 from error
        received = "Report received." if rating is Rating.FLAG else "Thank you for your feedback."
        messages.success(request, received)
        return redirect(f"{reverse('item', args=[course, item_id])}#talk")


def learner_of(request: HttpRequest) -> Principal:
    """The user who is signed in, with their memberships. Raises NotAuthenticated."""
    person = person_of(request)
    memberships = services().organizations.roles_of(person.person)
    return replace(person, memberships=memberships)


def _page(course: str, item_id: ItemId, by: Principal) -> Mapping[str, Any]:
    """Raises CourseNotFound, CourseVersionNotFound, ItemNotFound."""
    progress = _progress_on(course, by)
    version = progress.course_version if progress else None
    entry = services().catalog.entry(course, version=version, by=by)
    item = entry.outline.item(item_id)
    return {
        "course": entry.course,
        "item": item,
        "module": entry.outline.module_of(item_id),
        "text": html_of(item.body),
        "is_enrolled": progress is not None and progress.is_enrolled,
        "is_completed": progress is not None and item_id in progress.completed_items,
        "longest": LONGEST_MESSAGE,
        **_review_of(item, by),
        **_position(entry.outline, item_id),
        **_conversation(course, item_id, progress, by),
    }


def _progress_on(course: str, by: Principal) -> CourseProgress | None:
    try:
        return services().progress.get(course, by=by)
    except ProgressNotFound:
        return None


def _review_of(item: ModuleItem, by: Principal) -> Mapping[str, Any]:
    """The caller's last graded attempt at the assessment of the item, with the results by question."""
    if item.assessment is None:
        return {}
    review = services().attempts.last_review(item.assessment.id, by=by)
    if review is None:
        return {}
    results = [
        (html_of(result.question.prompt), result, html_of(result.feedback))
        for result in review.questions
    ]
    return {"review": review, "results": results}


def _position(outline: Outline, item_id: ItemId) -> dict[str, Any]:
    ids = [item.id for item in outline.items]
    place = ids.index(item_id)
    return {
        "number": place + 1,
        "items": len(ids),
        "previous": ids[place - 1] if place else None,
        "following": ids[place + 1] if place + 1 < len(ids) else None,
    }


def _conversation(
    course: str, item_id: ItemId, progress: CourseProgress | None, by: Principal
) -> dict[str, Any]:
    """The messages; there is no tutor for those who are not enrolled, and none for staff in their place."""
    if by.impersonator is not None:
        return {"has_tutor": False}
    if services().tutor.model is None or progress is None or not progress.is_enrolled:
        return {"has_tutor": False}
    session = _session_about(course, item_id, by)
    read = services().tutor.conversations.latest(session, by=by) if session else ()
    ratings = services().ai_sessions.ratings_of(read, by=by) if read else {}
    return {
        "has_tutor": True,
        "talk": [Message.of(one, ratings.get(one.interaction.id)) for one in read],
        "days_stored": services().ai_texts.days_stored(progress.org_id, by=by),
        "budget": services().ai_usage.budget_of_caller(by=by),
        "resets_at": end_of_month(services().ports.clock.now()),
    }


def _session_about(course: str, item_id: ItemId, by: Principal) -> AISession | None:
    """The latest of the learner's open tutoring sessions about the item, among their latest sessions."""
    page = services().ai_sessions.page_for(SHOWN, by=by)
    return next(
        (
            session
            for session in page.items
            if session.item_id == item_id
            and session.is_open
            and session.session_type is SessionType.TUTORING
        ),
        None,
    )


def _wait_for(tutor: TutorService, exchange: Any, by: Principal) -> None:
    """Raises TutorUnavailable."""
    with closing(tutor.answer(exchange, by=by)) as parts:
        for _ in parts:
            pass
