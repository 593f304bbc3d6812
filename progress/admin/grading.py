"""The sheet on which staff grade an attempt."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from courses.public import Answer, Assessment, Question
from progress.domain.entities import AssessmentAttempt, Mark


class GradeForm(forms.Form):
    """Points and a comment for each question, in their order; what a program has scored stands there already."""

    def __init__(
        self, attempt: AssessmentAttempt, assessment: Assessment, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assessment = assessment
        given = {mark.question_id: mark for mark in attempt.grade.marks} if attempt.grade else {}
        for each in assessment.questions:
            answer, mark = attempt.answer_to(each.id), given.get(each.id)
            self.fields[f"score-{each.id}"] = _points(each, answer, mark)
            self.fields[f"comment-{each.id}"] = _comment(mark)
        self.fields["reason"] = forms.CharField(
            required=attempt.grade is not None,
            max_length=1000,
            help_text="Why it is graded again. It stays in the log.",
        )

    @property
    def marks(self) -> tuple[Mark, ...]:
        said = self.cleaned_data
        return tuple(
            Mark(
                question_id=each.id,
                score=said[f"score-{each.id}"],
                comment=said[f"comment-{each.id}"],
            )
            for each in self.assessment.questions
        )


def _points(asked: Question, answer: Answer | None, given: Mark | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{asked.position}. Points, of {asked.max_score}",
        min_value=0,
        max_value=asked.max_score,
        initial=given.score if given else asked.score_of(answer),
        help_text=_sheet(asked, answer),
    )


def _comment(given: Mark | None) -> forms.CharField:
    return forms.CharField(
        label="Comment",
        required=False,
        max_length=10_000,
        initial=given.comment if given else "",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )


def _sheet(asked: Question, answer: Answer | None) -> SafeString:
    """What is asked, what was answered, and what graders look at."""
    lines = ((name, linebreaksbr(said)) for name, said in _lines(asked, answer))
    return format_html_join("", "<div><b>{}</b> {}</div>", lines)


def _lines(asked: Question, answer: Answer | None) -> Iterator[tuple[str, str]]:
    yield "Question:", asked.prompt
    said = (answer.text or answer.url or ", ".join(sorted(answer.choices or ()))) if answer else "-"
    yield "Answer:", said
    for criterion in asked.rubric:
        yield f"Up to {criterion.max_score}:", criterion.text
