"""The form in which graders enter points, and what it shows beside each question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.html import Urlizer, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe

from authsvc.http.markdown import html_of
from courses.public import Answer, Assessment, Criterion, Question, QuestionKind
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.grades import CriterionScore, Mark
from progress.domain.entities.proposals import GradeProposal

MOST_CHOICES: Final = 6
"""The most points for which each number is a choice of its own; more are entered as a number."""
KINDS: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.MCQ: "Multiple choice",
    QuestionKind.SHORT: "Short answer",
    QuestionKind.CODE: "Code",
    QuestionKind.FILE: "Link",
    QuestionKind.PEER: "Text",
}


class _Links(Urlizer):
    """Links in the texts of learners: the visited site learns nothing of the admin site."""

    url_template = '<a href="{href}" rel="noopener noreferrer nofollow">{url}</a>'


_LINKS: Final = _Links()


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSheet:
    """One criterion: its field, the points that count so far, and the proposed ones."""

    text: str
    max_score: int
    field: Any
    current: int | None
    proposal: GradeProposal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSheet:
    """One question with its answer, and the fields to grade it."""

    question: Question
    kind: str
    answer: SafeString
    feedback: SafeString
    criteria: tuple[CriterionSheet, ...]
    points: Any
    comment: Any
    current: int | None


class GradeForm(forms.Form):
    """Points by criterion, or by question without a rubric, and comments; automatic scores are filled in."""

    def __init__(
        self,
        attempt: AssessmentAttempt,
        assessment: Assessment,
        proposals: Sequence[GradeProposal],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.attempt, self.assessment, self.proposals = attempt, assessment, proposals
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, initial=attempt.grading_state, required=False
        )
        for question in assessment.questions:
            mark = attempt.grade.mark_of(question.id) if attempt.grade else None
            self.fields |= dict(_point_fields(question, attempt.answer_to(question.id), mark))
            self.fields[f"comment-{question.id}"] = _comment_field(question, mark)
        if attempt.grade is not None:
            self.fields["reason"] = forms.CharField(
                label="Why do you regrade it?",
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Kept in the audit log. The learner sees it with the grade.",
            )
        if attempt.counts_as_passed:
            self.fields["keeps_completion"] = forms.BooleanField(
                label="Keep the item completed",
                required=False,
                help_text="Otherwise it is open again if they no longer pass. A completed course stays completed.",
            )

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(map(self._mark, self.assessment.questions))

    @property
    def total(self) -> int:
        """The points that the form shows before anything is entered."""
        return sum(
            int(field.initial or 0)
            for name, field in self.fields.items()
            if name.startswith(("points-", "score-"))
        )

    @property
    def sheets(self) -> Iterator[QuestionSheet]:
        for question in self.assessment.questions:
            mark = self.attempt.grade.mark_of(question.id) if self.attempt.grade else None
            yield QuestionSheet(
                question=question,
                kind=KINDS[question.kind],
                answer=answer_html(question, self.attempt.answer_to(question.id)),
                feedback=html_of(question.feedback),
                criteria=tuple(self._criteria(question, mark)),
                points=None if question.rubric else self[f"score-{question.id}"],
                comment=self[f"comment-{question.id}"],
                current=mark.score if mark else None,
            )

    def _criteria(self, question: Question, mark: Mark | None) -> Iterator[CriterionSheet]:
        proposals = {one.criterion: one for one in self.proposals if one.question_id == question.id}
        for criterion in question.rubric:
            yield CriterionSheet(
                text=criterion.text,
                max_score=criterion.max_score,
                field=self[f"points-{question.id}-{criterion.key}"],
                current=mark.score_for(criterion.key) if mark else None,
                proposal=proposals.get(criterion.key),
            )

    def _mark(self, question: Question) -> Mark:
        criteria = tuple(
            CriterionScore(
                criterion=criterion.key,
                score=self.cleaned_data[f"points-{question.id}-{criterion.key}"],
            )
            for criterion in question.rubric
        )
        score = sum(one.score for one in criteria) if criteria else self._score(question)
        comment = self.cleaned_data[f"comment-{question.id}"]
        return Mark(question_id=question.id, score=score, comment=comment, criteria=criteria)

    def _score(self, question: Question) -> int:
        return int(self.cleaned_data[f"score-{question.id}"])


def answer_html(question: Question, answer: Answer | None) -> SafeString:
    """Return an answer to read: with its line breaks, and with links that name their host."""
    if answer is None or not answer.given:
        return format_html('<p class="quiet">{}</p>', "No answer")
    if answer.url is not None:
        return _link(answer.url)
    if answer.text is not None:
        # Both escape the text of the learner.
        linked = _LINKS(linebreaks(answer.text, autoescape=True), nofollow=True)
        return mark_safe(linked)  # noqa: S308  # `linebreaks` has escaped it
    chosen = [choice for choice in question.choices if choice.key in (answer.choices or ())]
    lines = ((choice.text, "right" if choice.is_right else "wrong") for choice in chosen)
    return format_html_join("", '<p>{} <span class="quiet">({})</span></p>', lines)


def _link(url: str) -> SafeString:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return format_html("<p>{}</p>", url)
    return format_html(
        '<p><a href="{}" rel="noopener noreferrer nofollow">{}</a> <span class="quiet">(opens {})</span></p>',
        url,
        url,
        parts.hostname or "another site",
    )


def _point_fields(
    question: Question, answer: Answer | None, mark: Mark | None
) -> Iterator[tuple[str, forms.Field]]:
    if not question.rubric:
        initial = mark.score if mark else question.score_of(answer)
        yield f"score-{question.id}", _points_field("Points", question.max_score, initial)
    for criterion in question.rubric:
        initial = mark.score_for(criterion.key) if mark else None
        yield f"points-{question.id}-{criterion.key}", _criterion_field(criterion, initial)


def _criterion_field(criterion: Criterion, initial: int | None) -> forms.Field:
    if not criterion.levels:
        return _points_field(criterion.text, criterion.max_score, initial)
    levels = {level.score: level.text for level in criterion.levels}
    return _choice_field(criterion.text, levels, initial, required="Choose a level.")


def _points_field(label: str, most: int, initial: int | None) -> forms.Field:
    if most > MOST_CHOICES:
        return forms.IntegerField(
            label=f"{label} (0 to {most})", min_value=0, max_value=most, initial=initial
        )
    meanings = dict.fromkeys(range(most, -1, -1), "") | {most: "all points", 0: "no points"}
    return _choice_field(label, meanings, initial, required="Choose the points.")


def _choice_field(
    label: str, meanings: Mapping[int, str], initial: int | None, *, required: str
) -> forms.Field:
    """A choice between points, each with what it means."""
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        choices=[
            (points, format_html("<b>{}</b><span>{}</span>", points, meaning))
            for points, meaning in meanings.items()
        ],
        initial=initial,
        widget=forms.RadioSelect,
        error_messages={"required": required},
    )


def _comment_field(question: Question, mark: Mark | None) -> forms.CharField:
    return forms.CharField(
        label=f"Comment on question {question.position} (optional)",
        required=False,
        max_length=10_000,
        initial=mark.comment if mark else "",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
