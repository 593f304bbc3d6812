"""Pathway progress: the state of a learner on a learning pathway."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from courses.public import CourseId, LearningPathway, PathwayCourse
from progress.domain.entities.progress import CourseProgress, ProgressStatus

_WHOLE: Final = 100


class Standing(StrEnum):
    """State of a course on a pathway; LOCKED means that a prerequisite is missing."""

    LOCKED = "locked"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """A course of a pathway; `after` holds the slugs of its prerequisites."""

    course_id: CourseId
    slug: str
    after: tuple[str, ...]
    standing: Standing
    percent_complete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """A stage of a pathway; it is completed by `choose` of its courses."""

    key: str
    title: str
    choose: int
    courses: tuple[CourseStep, ...]
    is_completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayProgress:
    """`percent_complete` is the share of the required number of courses, rounded down."""

    pathway: LearningPathway
    stages: tuple[StageStep, ...]
    percent_complete: int
    is_completed: bool

    @classmethod
    def of(cls, pathway: LearningPathway, courses: Iterable[CourseProgress]) -> "PathwayProgress":
        """Return the progress on the pathway, given the learner's progress on its courses."""
        progress_of = {progress.course_id: progress for progress in courses}
        completed = completed_in(progress_of.values())
        required = sum(stage.choose for stage in pathway.stages)
        done = sum(stage.count_of(completed) for stage in pathway.stages)
        return cls(
            pathway=pathway,
            stages=tuple(
                StageStep(
                    key=stage.key,
                    title=stage.title,
                    choose=stage.choose,
                    courses=tuple(_step(course, pathway, progress_of) for course in stage.courses),
                    is_completed=stage.is_completed_by(completed),
                )
                for stage in pathway.stages
            ),
            percent_complete=_WHOLE * done // required,
            is_completed=pathway.is_completed_by(completed),
        )


def completed_in(courses: Iterable[CourseProgress]) -> frozenset[CourseId]:
    """Return the ids of the completed courses."""
    return frozenset(
        progress.course_id for progress in courses if progress.status is ProgressStatus.COMPLETED
    )


def _step(
    course: PathwayCourse,
    pathway: LearningPathway,
    progress_of: Mapping[CourseId, CourseProgress],
) -> CourseStep:
    progress = progress_of.get(course.course_id)
    standing = Standing.OPEN
    if progress is not None and progress.is_enrolled:
        standing = Standing(progress.status.value)
    elif pathway.missing_before(course.course_id, completed_in(progress_of.values())):
        standing = Standing.LOCKED
    return CourseStep(
        course_id=course.course_id,
        slug=course.slug,
        after=course.after,
        standing=standing,
        percent_complete=progress.percent_complete if progress else 0,
    )
