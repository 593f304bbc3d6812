"""The form of an item: its text, and for an assessment its terms, questions, choices, rubrics and levels.

The forms show an item, and check what was posted before it is saved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django import forms

from authsvc.kernel.errors import FieldError
from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    Criterion,
    Question,
    QuestionKind,
)
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem

Posted = Mapping[str, Any]

SCORING: Final = (
    ("auto", "Automatically"),
    ("rubric", "By graders, with a rubric"),
    ("manual", "By graders, without a rubric"),
)
TYPES: Final = (("quiz", "Quiz"), ("exam", "Exam"), ("project", "Project"))
LATE: Final = (("refuse", "Refused"), ("mark", "Accepted and marked as late"))
QUESTION_KINDS: Final = {
    "mcq": "Choices",
    "short": "Short answer",
    "code": "Text or code, graded by staff",
    "file": "File or link, graded by staff",
    "peer": "Text, reviewed by peers",
}
FEWEST_CHOICES: Final = 2
FEWEST_LEVELS: Final = 2
NAMES_IN_DEFINITIONS: Final = {
    "accepts": "texts",
    "decimal_comma": "allows_comma",
    "case_sensitive": "keeps_case",
    "ignore_spaces": "ignores_space",
    "attempts": "attempt_limit",
    "due": "due_at",
    "minutes": "time_limit_minutes",
    "required": "is_required",
    "right": "is_right",
}
"""Members of definitions that forms name as entities do."""


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TimeField(forms.DateTimeField):
    """A time in UTC, unless it names another time zone."""

    def to_python(self, value: Any) -> datetime | None:
        time: datetime | None = super().to_python(value)
        try:
            return None if time is None else time.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class PartForm(forms.Form):
    """A form whose labels and ids differ by its prefix."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False

    def note(self, name: str, detail: str) -> None:
        """Add an error to the field with this name, or to the form if it has none."""
        field_name = NAMES_IN_DEFINITIONS.get(name, name)
        self.add_error(field_name if field_name in self.fields else None, detail)


class ItemForm(PartForm):
    title = forms.CharField(max_length=200)
    body = forms.CharField(label="Text (Markdown)", required=False, strip=False, widget=_area(12))
    url = forms.CharField(label="Address", max_length=2000, required=False)
    is_required = forms.BooleanField(
        label="Learners must complete it to complete the course", required=False
    )
    module = forms.ChoiceField(label="Module")

    def __init__(
        self, *args: Any, modules: Sequence[CourseModule], type_: ItemType, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        module: Any = self.fields["module"]
        module.choices = [(one.key, one.title) for one in modules]
        if type_ is ItemType.EXTERNAL:
            self.fields["url"].required = True
        else:
            del self.fields["url"]
        if type_ is ItemType.ASSESSMENT:
            self.fields["body"].label = "Introduction (Markdown)"
            self.fields["body"].help_text = "Learners see this above the questions."


class AssessmentForm(PartForm):
    type = forms.ChoiceField(label="Kind", choices=TYPES)
    scoring = forms.ChoiceField(label="Scored", choices=SCORING)
    pass_percent = forms.IntegerField(label="Pass mark, in percent", min_value=1, max_value=100)
    attempt_limit = forms.IntegerField(
        label="Attempts", min_value=1, max_value=100, required=False, help_text="Empty: no limit"
    )
    time_limit_minutes = forms.IntegerField(
        label="Time limit, in minutes",
        min_value=1,
        max_value=100_000,
        required=False,
        help_text="Empty: no limit",
    )
    late = forms.ChoiceField(label="Answers after the time limit", choices=LATE)
    due_at = TimeField(
        label="Due (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text="Empty: never. Later submissions are accepted and marked as late.",
    )


class QuestionForm(PartForm):
    key = forms.CharField(widget=forms.HiddenInput)
    kind = forms.CharField(widget=forms.HiddenInput)
    prompt = forms.CharField(
        label="Question (Markdown)", max_length=20_000, strip=False, widget=_area(2)
    )
    max_score = forms.IntegerField(label="Points", min_value=1, max_value=1000)
    feedback = forms.CharField(
        label="Feedback (Markdown, optional)",
        max_length=20_000,
        required=False,
        strip=False,
        widget=_area(2),
        help_text="Learners see it with the grade of their attempt, and not before.",
    )


class ShortQuestionForm(QuestionForm):
    texts = forms.CharField(
        label="Accepted answers",
        required=False,
        widget=_area(3),
        help_text="One a line. Case and white space do not count.",
    )
    number = forms.FloatField(label="Right number", required=False)
    tolerance = forms.FloatField(label="Tolerance", min_value=0, required=False)
    minimum = forms.FloatField(label="Least right number", required=False)
    maximum = forms.FloatField(label="Greatest right number", required=False)
    allows_comma = forms.BooleanField(label="Numbers may have a decimal comma", required=False)
    keeps_case = forms.BooleanField(label="Upper and lower case differ", required=False)
    ignores_space = forms.BooleanField(label="White space is ignored", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        numbers = [cleaned.get(name) for name in ("number", "minimum", "maximum")]
        if not cleaned.get("texts", "").strip() and numbers == [None] * 3:
            self.note("texts", "Write an accepted answer, or a right number.")
        return cleaned


class ChoiceForm(PartForm):
    key = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(max_length=2000, strip=False)
    is_right = forms.BooleanField(required=False)

    def __init__(self, *args: Any, number: int, noun: str = "Choice", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = f"{noun} {number} is empty. Write a text or remove the {noun.lower()}."
        self.fields["text"].error_messages["required"] = empty
        self.fields["text"].label = f"{noun} {number}"
        if "is_right" in self.fields:
            self.fields["is_right"].label = f"{noun} {number} is correct"


class CriterionForm(ChoiceForm):
    is_right = None  # type: ignore[assignment]  # Django removes the inherited field
    max_score = forms.IntegerField(label="Points", min_value=1, max_value=1000)

    def __init__(
        self, *args: Any, number: int, levels: Sequence["LevelForm"] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, number=number, noun="Criterion", **kwargs)
        self.fields["max_score"].label = f"Points of criterion {number}"
        self.levels = levels


class LevelForm(PartForm):
    score = forms.IntegerField(label="Points", min_value=0, max_value=1000)
    text = forms.CharField(max_length=2000, strip=False)

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = f"Level {number} is empty. Describe it or remove the level."
        self.fields["text"].error_messages["required"] = empty


@dataclass(frozen=True, slots=True)
class QuestionForms:
    """The forms of a question and of its parts."""

    question: Question
    form: QuestionForm
    choices: Sequence[ChoiceForm]
    criteria: Sequence[CriterionForm]
    is_new: bool = False

    @property
    def kind(self) -> str:
        return QUESTION_KINDS[self.question.kind.value]

    @property
    def has_choices(self) -> bool:
        return self.question.kind is QuestionKind.MCQ

    @property
    def has_rubric(self) -> bool:
        return not self.question.kind.is_auto_scored

    @property
    def forms(self) -> Iterator[PartForm]:
        yield from (self.form, *self.choices, *self.criteria)
        yield from (level for criterion in self.criteria for level in criterion.levels)

    @property
    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    def check(self) -> bool:
        """Check what the fields alone do not say, and return whether all is well."""
        if self.has_choices and not any(choice.is_right for choice in self.question.choices):
            self.form.note("", "Mark at least one choice as correct.")
        if self.has_choices and len(self.choices) < FEWEST_CHOICES:
            self.form.note("", "A question has at least two choices. Add a choice.")
        for criterion in self.criteria:
            if len(criterion.levels) in range(1, FEWEST_LEVELS):
                criterion.note("", "A criterion has at least two levels, or none. Add a level.")
        # All of them, so that each shows its errors.
        checks = [form.is_valid() for form in self.forms]
        return all(checks)


@dataclass(slots=True)
class ItemForms:
    """The forms of an item: bound to what was posted, or showing the item."""

    item: ModuleItem
    modules: Sequence[CourseModule]
    module_key: str
    data: Posted | None = None
    new: str = ""
    """The key of the question that was just added."""
    form: ItemForm = field(init=False)
    assessment: AssessmentForm | None = field(init=False, default=None)
    questions: Sequence[QuestionForms] = field(init=False, default=())

    QUESTION_FORMS: ClassVar[Mapping[QuestionKind, type[QuestionForm]]] = {
        QuestionKind.SHORT: ShortQuestionForm
    }

    def __post_init__(self) -> None:
        self.form = ItemForm(
            self.data,
            initial=_members(self.item) | {"module": self.module_key},
            modules=self.modules,
            type_=self.item.type,
        )
        if self.item.type is ItemType.ASSESSMENT:
            assessment = self.item.assessment or Assessment(questions=())
            # Without questions its terms are neither shown nor posted.
            data = self.data if assessment.questions else None
            self.assessment = AssessmentForm(data, initial=_members(assessment))
            self.questions = [
                self._question(question, f"q{number}")
                for number, question in enumerate(assessment.questions)
            ]

    def _question(self, question: Question, prefix: str) -> QuestionForms:
        form_class = self.QUESTION_FORMS.get(question.kind, QuestionForm)
        answers = question.answer_key or AnswerKey()
        texts = {"texts": "\n".join(answers.texts), "tolerance": answers.tolerance or None}
        initial = _members(answers) | texts | _members(question)
        return QuestionForms(
            question,
            form_class(self.data, prefix=prefix, initial=initial),
            [
                ChoiceForm(
                    self.data, prefix=f"{prefix}-c{at}", initial=_members(part), number=at + 1
                )
                for at, part in enumerate(question.choices)
            ],
            [
                self._criterion(part, f"{prefix}-r{at}", at + 1)
                for at, part in enumerate(question.rubric)
            ],
            is_new=question.key == self.new,
        )

    def _criterion(self, criterion: Criterion, prefix: str, number: int) -> CriterionForm:
        levels = [
            LevelForm(self.data, prefix=f"{prefix}-l{at}", initial=_members(level), number=at + 1)
            for at, level in enumerate(criterion.levels)
        ]
        initial = _members(criterion)
        return CriterionForm(
            self.data, prefix=prefix, initial=initial, number=number, levels=levels
        )

    def is_valid(self) -> bool:
        checks = [self.form.is_valid()]
        if self.assessment is not None and self.questions:
            checks.append(self.assessment.is_valid())
        return all([*checks, *[question.check() for question in self.questions]])

    @property
    def has_errors(self) -> bool:
        return self.count_errors() > 0

    def count_errors(self) -> int:
        """How many fields or parts have an error."""
        own = [self.form, *([self.assessment] if self.assessment else [])]
        all_forms = [*own, *(form for question in self.questions for form in question.forms)]
        return sum(len(form.errors) for form in all_forms if form.is_bound)

    def place(self, error: FieldError) -> None:
        """Show an error in the definition at the field that its path leads to."""
        _, _, path = error.path.partition("/items/")
        _, *steps = path.split("/") if path else ["", ""]
        form: PartForm = self.form
        if steps[:1] == ["assessment"]:
            form, steps = self.assessment or self.form, steps[1:]
            if steps[:1] == ["questions"] and len(steps) > 1:
                form, steps = self._question_form(steps[1:])
        form.note(steps[-1] if steps else "", error.detail)

    def _question_form(self, steps: Sequence[str]) -> tuple[PartForm, list[str]]:
        question = self.questions[int(steps[0])]
        rest = list(steps[1:])
        parts: Mapping[str, Sequence[PartForm]] = {
            "choices": question.choices,
            "rubric": question.criteria,
        }
        if not (rest and rest[0] in parts and len(rest) > 1):
            return question.form, rest
        part, rest = parts[rest[0]][int(rest[1])], rest[2:]
        if isinstance(part, CriterionForm) and rest[:1] == ["levels"] and len(rest) > 1:
            return part.levels[int(rest[1])], rest[2:]
        return part, rest

    @property
    def total(self) -> int:
        return 0 if self.item.assessment is None else self.item.assessment.max_score


def _members(part: Any) -> dict[str, Any]:
    return {one.name: getattr(part, one.name) for one in fields(part)}
