"""Where a learner stands on a learning pathway."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from courses.public import CourseId, LearningPathway, PathwayCourse
from progress.domain.entities.progress import CourseProgress, ProgressStatus

_WHOLE: Final = 100


class Standing(StrEnum):
    """Of a learner before a course: something is to be completed first, or he may begin, or he has."""

    LOCKED = "locked"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """A course of a pathway; `after` are the slugs of the courses that come before it."""

    course_id: CourseId
    slug: str
    after: tuple[str, ...]
    standing: Standing
    percent_complete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """A stage of a pathway; it is completed when as many of its courses are as `choose` says."""

    key: str
    title: str
    choose: int
    courses: tuple[CourseStep, ...]
    is_completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayProgress:
    """`percent_complete` is the share of the courses that the pathway asks for, rounded down."""

    pathway: LearningPathway
    stages: tuple[StageStep, ...]
    percent_complete: int
    is_completed: bool

    @classmethod
    def of(cls, pathway: LearningPathway, kept: Iterable[CourseProgress]) -> "PathwayProgress":
        """What the courses that a learner has been on amount to."""
        found = {progress.course_id: progress for progress in kept}
        completed = completed_in(found.values())
        asked = sum(stage.choose for stage in pathway.stages)
        done = sum(stage.count_of(completed) for stage in pathway.stages)
        return cls(
            pathway=pathway,
            stages=tuple(
                StageStep(
                    key=stage.key,
                    title=stage.title,
                    choose=stage.choose,
                    courses=tuple(_step(each, pathway, found) for each in stage.courses),
                    is_completed=stage.is_completed_by(completed),
                )
                for stage in pathway.stages
            ),
            percent_complete=_WHOLE * done // asked,
            is_completed=pathway.is_completed_by(completed),
        )


def completed_in(kept: Iterable[CourseProgress]) -> frozenset[CourseId]:
    """The courses that are completed."""
    return frozenset(
        progress.course_id for progress in kept if progress.status is ProgressStatus.COMPLETED
    )


def _step(
    course: PathwayCourse, pathway: LearningPathway, found: Mapping[CourseId, CourseProgress]
) -> CourseStep:
    progress = found.get(course.course_id)
    standing = Standing.OPEN
    if progress is not None and progress.is_on_it:
        standing = Standing(progress.status.value)
    elif pathway.missing_before(course.course_id, completed_in(found.values())):
        standing = Standing.LOCKED
    return CourseStep(
        course_id=course.course_id,
        slug=course.slug,
        after=course.after,
        standing=standing,
        percent_complete=progress.percent_complete if progress else 0,
    )
