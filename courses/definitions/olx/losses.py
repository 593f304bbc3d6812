"""Losses: what an Open edX course says that has no equivalent here, each with its place.

The tables name the attributes of the OLX reference that are mapped, and what becomes of those that are not. Attributes
that are in none of them are reported, too, so that nothing is lost without a word.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

STAFF_ONLY: Final = "visible_to_staff_only"
USED: Final[Mapping[str, frozenset[str]]] = {
    tag: frozenset(names.split())
    for tag, names in {
        "course": "org course url_name display_name",
        "chapter": "url_name display_name",
        "sequential": "url_name display_name due",
        "vertical": "url_name display_name",
        "html": "url_name display_name filename",
        "problem": "url_name display_name weight max_attempts",
        "video": "url_name display_name youtube youtube_id_1_0 source html5_sources",
        "source": "src",
        "encoded_video": "url",
        "multiplechoiceresponse": "id",
        "choiceresponse": "id",
        "optionresponse": "id",
        "stringresponse": "id answer type",
        "numericalresponse": "id answer",
        "optioninput": "options correct",
        "choice": "correct name",
        "option": "correct name",
        "additional_answer": "answer",
        "responseparam": "type default",
    }.items()
}
"""By element, the attributes that are mapped where the element is."""
REASONS: Final[Mapping[str, str]] = {
    "start": "it is open from the beginning",
    "end": "it never closes",
    "enrollment_start": "enrolment is open",
    "enrollment_end": "enrolment is open",
    "invitation_only": "enrolment is open",
    "due": "only a <sequential> says when it is due",
    "graceperiod": "what is submitted later is late",
    "relative_weeks_due": "it is due for all learners at once, if at all",
    "graded": "all assessments count alike",
    "format": "all assessments count alike",
    "hide_from_toc": "it is shown in the outline",
    "hide_after_due": "it stays visible",
    "group_access": "all learners see it",
    STAFF_ONLY: "all learners see it",
    "user_partitions": "all learners see the same",
    "max_attempts": "each problem in it has that many instead",
    "showanswer": "solutions are shown with the grade",
    "attempts_before_showanswer_button": "answers are never shown",
    "show_correctness": "learners see their points at once",
    "show_reset_button": "there is no such button",
    "submission_wait_seconds": "the next attempt can follow at once",
    "rerandomize": "nothing is random",
    "shuffle": "the order is fixed",
    "fixed": "the order is fixed",
    "answer-pool": "all choices are shown",
    "partial_credit": "an answer has all points or none",
    "points": "an answer has all points or none",
    "point_value": "an answer has all points or none",
    "explanation-id": "explanations are not shown",
    "default_time_limit_minutes": "there is no time limit",
    "is_time_limited": "there is no time limit",
    "is_entrance_exam": "it does not open other parts",
    "in_entrance_exam": "it does not open other parts",
    "prereqs": "all parts are open from the beginning",
    "is_proctored_enabled": "exams are not supervised",
    "is_proctored_exam": "exams are not supervised",
    "is_practice_exam": "exams are not supervised",
    "is_onboarding_exam": "exams are not supervised",
    "exam_review_rules": "exams are not supervised",
    "start_time": "the whole video is shown",
    "end_time": "the whole video is shown",
    "sub": "there are no transcripts",
    "transcripts": "there are no transcripts",
    "track": "there are no transcripts",
    "trailing_text": "the answer stands alone",
    "language": "courses have no language",
}
"""By attribute, what happens instead."""
MINOR: Final = frozenset(
    (
        *("editor", "markdown", "source_code", "use_latex_compiler", "xqa_key", "giturl", "slug"),
        *("parent_url", "parent_sequential_url", "index_in_children_list", "edx_video_id"),
        *("highlights", "course_edit_method", "matlab_api_key", "direction", "size", "inline"),
        *("download_video", "download_track", "show_captions", "only_on_web", "xblock-family"),
        *("youtube_id_0_75", "youtube_id_1_25", "youtube_id_1_5", "highlights_enabled"),
    )
)
"""Attributes for the authors of a course, or for its presentation alone."""
_NOTHING: Final = frozenset({"", "null", "none", "[]", "{}", '""'})
_DEFAULTS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        (
            *("graded", "hide_from_toc", "hide_after_due", "shuffle", "fixed", "invitation_only"),
            *("is_time_limited", "is_entrance_exam", "in_entrance_exam", "is_proctored_enabled"),
            *("is_proctored_exam", "is_practice_exam", "is_onboarding_exam", STAFF_ONLY),
            *("download_track", "show_reset_button"),
        ),
        frozenset({"false"}),
    ),
    **dict.fromkeys(("start_time", "end_time"), frozenset({"0", "0.0", "00:00:00"})),
    **dict.fromkeys(("submission_wait_seconds", "default_time_limit_minutes"), frozenset({"0"})),
    "attempts_before_showanswer_button": frozenset({"0"}),
    "type": frozenset({"multiplechoice"}),
    "rerandomize": frozenset({"never"}),
    "showanswer": frozenset({"never"}),
}
"""By attribute, the values with which it says what is the case anyway, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """An element, an attribute of it, or a file that was left out. `reason` says why, or what is the case instead.

    A minor loss concerns authors or the presentation alone.
    """

    file: str
    line: int = 0
    element: str = ""
    attribute: str = ""
    reason: str = ""
    is_minor: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.subject}"
        return " ".join((f"{text}: {self.reason}" if self.reason else text).split())

    @property
    def is_change(self) -> bool:
        """Whether the thing is there and differs, in place of being left out."""
        return bool(self.reason) if self.attribute else bool(self.element and self.is_minor)

    @property
    def subject(self) -> str:
        if self.attribute:
            whole = f" of <{self.element}>" if self.element else ""
            return f"{self.attribute}{whole} is left out"
        if not self.element:
            return "the file is not read"
        return (
            f"<{self.element}> {'is shown as plain text' if self.is_minor else 'cannot be mapped'}"
        )


def mapped_attributes(element: str) -> frozenset[str]:
    """The attributes that are mapped where the element is. What only staff may see is left out, but for a course."""
    used = USED.get(element, frozenset())
    return used if element == "course" else used | {STAFF_ONLY}


def loss_of_attribute(file: str, line: int, element: str, name: str, value: str) -> Loss | None:
    """The loss of an attribute that is not mapped; None if its value is the case anyway."""
    folded = value.strip().lower()
    if folded in _NOTHING or folded in _DEFAULTS.get(name, ()):
        return None
    return Loss(
        file=file,
        line=line,
        element=element,
        attribute=name,
        reason=REASONS.get(name, ""),
        is_minor=name in MINOR,
    )


def lines_of(losses: Iterable[Loss]) -> Iterator[str]:
    """The report: a line for each loss, and one for all minor losses of a kind."""
    minor: dict[str, tuple[Loss, int]] = {}
    for loss in losses:
        if loss.is_minor:
            first, count = minor.get(loss.subject, (loss, 0))
            minor[loss.subject] = (first, count + 1)
        else:
            yield str(loss)
    for first, count in minor.values():
        yield str(first) if count == 1 else f"{first} (and {count - 1:,} more)"
