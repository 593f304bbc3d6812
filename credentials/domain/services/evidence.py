"""Evidence of issued credentials: the events and attempts on which they rest, each with its hash."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authsvc.kernel.canonical import utc_text
from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.services.subjects import SubjectReader
from credentials.openbadges.documents import Evidence
from progress.public import AssistedGrade, EventType, ProgressEvent, RecordedFacts, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReader:
    """Reads what is stated as evidence: completions by their event, passes by their attempt.

    Neither names a person: who is shown the records can check them, everybody else learns only that there are any.
    """

    recorded_facts: RecordedFacts
    subjects: SubjectReader

    def of(self, issued: IssuedCredential) -> tuple[Evidence, ...]:
        """Return the evidence, by course and then in the order of the log."""
        assisted = {grade.attempt_id: grade for grade in issued.evidence.assisted_grades}
        return tuple(
            _evidence_of(event, assisted.get(event.fact.entity_id))  # type: ignore[call-overload]  # ids of attempts are UUIDs
            for stream in self._streams(issued)
            for event in self.recorded_facts.achievements(stream)
            if event.occurred_at <= issued.issued_at
        )

    def events_behind(self, issued: IssuedCredential) -> Iterator[ProgressEvent]:
        """Yield the events that evidence may name, also of passes that do not count any more."""
        for stream in self._streams(issued):
            yield from self.recorded_facts.all_achievements(stream)

    def _streams(self, issued: IssuedCredential) -> Iterator[StreamId]:
        courses: set[CourseId] = {issued.evidence.course_id}
        if subjects := {proof.subject for proof in issued.evidence.met_by}:
            scope = TenantScope.into(issued.org_id)
            courses |= self.subjects.courses_behind(subjects, scope=scope)
            courses |= self.subjects.courses_completed(subjects, scope=scope)
        for course_id in sorted(courses):
            yield StreamId(user_id=issued.user_id, course_id=course_id, org_id=issued.org_id)


def _evidence_of(event: ProgressEvent, assisted: AssistedGrade | None) -> Evidence:
    source = f"Recorded as event {event.id} with the SHA-256 {event.hash}"
    when = f"on {utc_text(event.occurred_at)}"
    if event.fact.type is EventType.COURSE_COMPLETED:
        return Evidence(
            id=f"urn:uuid:{event.id}",
            name="Course completed",
            description=(
                f"Version {event.fact.payload['course_version']} of course {event.course_id}, {when}."
            ),
            genre="Event",
            narrative=f"{source}.",
            sha256=event.hash,
        )
    payload = event.fact.payload
    return Evidence(
        id=f"urn:uuid:{event.fact.entity_id}",
        name="Assessment passed",
        description=(
            f"{payload['score']} of {payload['max_score']} points in assessment {payload['assessment_id']}, "
            f"version {payload['assessment_version']}, {when}. {_grader_of(event, assisted)}"
        ),
        genre="Attempt",
        narrative=f"{source}, which binds the attempt by its own.",
        sha256=event.fact.binding or "",
    )


def _grader_of(event: ProgressEvent, assisted: AssistedGrade | None) -> str:
    if assisted is not None:
        return (
            f"Graded {_person(assisted.graded_by)}, with proposals of {_listed(assisted.models)}."
        )
    if event.recorded_by is None or event.recorded_by == event.user_id:
        return "Graded automatically."
    return "Graded by a person."


def _person(graded_by: object) -> str:
    return "by a client of the API" if graded_by is None else "by a person"


def _listed(models: Iterable[str]) -> str:
    return ", ".join(models)
