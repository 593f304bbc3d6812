"""What a learning pathway is on paper, before it is in any authsvc."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from courses.domain.entities.courses import CourseId
from courses.domain.entities.pathways import LearningPathway, PathwayCourse, PathwayStage


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCourseDefinition:
    """A course by its slug, and the slugs of the courses that come before it."""

    course: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayStageDefinition:
    """Without `choose`, all of its courses are to be completed."""

    key: str
    title: str
    courses: tuple[PathwayCourseDefinition, ...]
    choose: int | None = None

    @classmethod
    def of(cls, stage: PathwayStage, slugs: Mapping[CourseId, str]) -> "PathwayStageDefinition":
        return cls(
            key=stage.key,
            title=stage.title,
            choose=None if stage.choose == len(stage.courses) else stage.choose,
            courses=tuple(
                PathwayCourseDefinition(
                    course=each.slug, after=tuple(slugs[before] for before in each.after)
                )
                for each in stage.courses
            ),
        )

    def stage_of(self, ids: Mapping[str, CourseId]) -> PathwayStage:
        return PathwayStage(
            key=self.key,
            title=self.title,
            choose=len(self.courses) if self.choose is None else self.choose,
            courses=tuple(
                PathwayCourse(
                    course_id=ids[each.course],
                    slug=each.course,
                    after=tuple(ids[before] for before in each.after),
                )
                for each in self.courses
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayDefinition:
    """A pathway as an author writes it down. No course is named twice, and none comes after itself."""

    slug: str
    title: str
    summary: str
    stages: tuple[PathwayStageDefinition, ...]

    @classmethod
    def of(cls, pathway: LearningPathway) -> "PathwayDefinition":
        return cls(
            slug=pathway.local_slug,
            title=pathway.title,
            summary=pathway.summary,
            stages=tuple(PathwayStageDefinition.of(each, pathway.slugs) for each in pathway.stages),
        )

    @property
    def courses(self) -> Iterator[tuple[str, str]]:
        """The slug of each course, and where it stands."""
        for at, stage in enumerate(self.stages):
            for index, each in enumerate(stage.courses):
                yield each.course, f"stages/{at}/courses/{index}/course"

    def stages_of(self, ids: Mapping[str, CourseId]) -> tuple[PathwayStage, ...]:
        """The stages with these courses for the slugs."""
        return tuple(stage.stage_of(ids) for stage in self.stages)
