"""A school in a database, and ways to tamper with it past the code and the triggers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model

from accounts import models as accounts
from accounts.adapters.anchors import JwsAnchorSigner
from accounts.adapters.keys import new_key_ring
from accounts.domain.access import OPERATOR
from accounts.domain.audit.entities import Anchor
from accounts.domain.audit.services.verifier import VerificationReport
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.kernel.verification import Finding
from authsvc.storage.append_only import releasing
from courses import models as courses
from courses.domain.entities.assessments import Answer
from credentials import models as credentials
from progress import models as progress
from progress.domain.entities.events import ProgressEvent, StreamId
from progress.domain.entities.progress import CourseProgress
from tests.accounts.auditing import an_act, has_organization, record_act
from tests.support.ai import a_conversation
from tests.support.attempts import RIGHT, Examinee, an_examinee
from tests.support.blocks import undone_block
from tests.support.builders import NOON, a_definition_of
from tests.support.learning import Learner, a_credential_for, a_learner, a_published_course
from tests.support.prompts import a_prompt_version
from tests.support.proposals import has_proposals
from tests.support.worlds import World, orm_world

APPEND_ONLY: Final[tuple[type[Model], ...]] = (
    progress.ProgressEvent,
    progress.AttemptGrade,
    progress.AIInteraction,
    progress.PromptTemplate,
    progress.GradeProposal,
    courses.CourseVersion,
    credentials.CredentialVersion,
    credentials.SignedCredential,
    accounts.AuditEntry,
    accounts.Anchor,
)


LATER: Final = NOON + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Tampered:
    """Anna and Ben hold a credential each, Ben's is revoked; Cleo was graded; Anna asked a tutor.

    There are a prompt and an attempt with proposed scores.

    There are two anchors, and the last one was exported.
    """

    world: World
    anna: Learner
    ben: Learner
    cleo: Examinee
    stream: StreamId
    exported: tuple[Anchor, ...]

    def events(self, stream: StreamId | None = None) -> Any:
        """Rows of the stream, by default Anna's."""
        at = stream or self.stream
        rows = progress.ProgressEvent.objects.filter(user_id=at.user_id, course_id=at.course_id)
        return rows.order_by("sequence")

    def projection(self) -> Any:
        """The row of Anna's progress."""
        at = self.stream
        return progress.CourseProgress.objects.filter(user_id=at.user_id, course_id=at.course_id)

    def attempt(self) -> Any:
        """The row of Cleo's graded attempt."""
        return progress.AssessmentAttempt.objects.filter(user_id=self.cleo.principal.person)

    def issued(self, to: Learner | None = None) -> Any:
        """The row of the credential that was issued to Anna, by default."""
        holder = (to or self.anna).principal.person
        return credentials.UserCredential.objects.filter(user_id=holder)

    def version(self) -> Any:
        """The row of the version that Anna is on."""
        return courses.CourseVersion.objects.filter(course_id=self.stream.course_id)

    def rewrite(self, edit: Callable[[list[ProgressEvent]], Iterable[ProgressEvent]]) -> None:
        """Replace Anna's stream by another with correct hashes, and its projection by what follows from it."""
        repositories = self.world.repositories
        old = repositories.events.stream(self.stream, scope=ALL_TENANTS)
        head = self.world.services.progress.get(str(self.stream.course_id), by=self.anna.principal)
        new, previous_hash = list[ProgressEvent](), "0" * 64
        for sequence, event in enumerate(edit(old), start=1):
            linked = replace(event, sequence=sequence, previous_hash=previous_hash)
            new.append(linked.sealed())
            previous_hash = new[-1].hash
        remove(self.events())
        remove(self.projection())
        if new:
            version = self.world.services.catalog.version(
                head.course_id, head.course_version, scope=ALL_TENANTS
            )
            empty = CourseProgress.before(version, user_id=head.user_id, at=new[0].occurred_at)
            repositories.events.append(new, scope=ALL_TENANTS)
            repositories.progress.add(empty.apply_all(new, version.outline), scope=ALL_TENANTS)


def a_school() -> Tampered:
    """Build the school, anchor it, and take away all triggers."""
    world = orm_world()
    course = a_published_course(world.services, a_definition_of(required=2, slug="bends"))
    a_credential_for(world.services, course, valid_for_days=30)
    anna, ben = a_learner(world), a_learner(world, "Ben")
    stream = anna.passes(course).stream
    ben.passes(course)
    (held,) = ben.held()
    world.services.issuing.revoke(held.issued.id, reason="Copied.", by=OPERATOR)
    cleo = an_examinee(world)
    cleo.takes("quiz", **RIGHT | {"king": Answer(text="The sheet bend")})
    a_conversation(world, anna.principal).asks("How tight?")
    a_prompt_version(world.services)
    has_proposals(world)
    organization = has_organization(world)
    for _ in range(3):
        record_act(world.services, an_act(organization), by=OPERATOR)
    first = world.services.anchors.make(by=OPERATOR)
    world.clock.go_on(hours=1)
    record_act(world.services, an_act(organization), by=OPERATOR)
    second = world.services.anchors.make(by=OPERATOR)
    release_triggers()
    return Tampered(
        world=world,
        anna=anna,
        ben=ben,
        cleo=cleo,
        stream=stream,
        exported=(first, second),
    )


def release_triggers() -> None:
    connection.check_constraints()  # now, for PostgreSQL alters no table that waits for it
    with connection.cursor() as cursor:
        for model in APPEND_ONLY:
            for statement in releasing(model._meta.db_table, connection):
                cursor.execute(statement)


def verified(services: Services, exported: Iterable[Anchor] = ()) -> VerificationReport:
    """The report of a process that has nothing cached."""
    return replace(services).verifier.verify(by=OPERATOR, exported=exported)


def findings_after(
    tamper: Callable[[], None], services: Services, exported: Iterable[Anchor] = ()
) -> list[Finding]:
    """What is found of the tampering, which is undone: to build another school takes longer than to verify it."""
    with undone_block(services.unit_of_work):
        tamper()
        report = verified(services, exported)
    return [finding for result in report.results for finding in result.findings]


def remove(rows: Any) -> None:
    """Delete rows without what Django does besides."""
    assert rows._raw_delete("default")  # noqa: SLF001  # `delete` would collect and refuse


def change(rows: Any, **columns: Any) -> None:
    assert rows.update(**columns)


def insert_copy(rows: Any, **columns: Any) -> None:
    """Insert a copy of the first row with other values in some columns."""
    row = rows.first()
    key = row._meta.pk
    if not columns.get(key.attname):
        setattr(row, key.attname, uuid4() if isinstance(row.pk, UUID) else None)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def swap(first: Any, second: Any, column: str, *, meanwhile: Any) -> None:
    """Exchange the values of a column of two rows; *meanwhile* is taken by neither."""
    left, right = first.get(), second.get()
    a, b = getattr(left, column), getattr(right, column)
    model = type(left).objects
    change(model.filter(pk=left.pk), **{column: meanwhile})
    change(model.filter(pk=right.pk), **{column: a})
    change(model.filter(pk=left.pk), **{column: b})


def entries_of_organization() -> Any:
    return accounts.AuditEntry.objects.exclude(org=None).order_by("sequence")


def another_anchor(school: Tampered, sequence: int) -> dict[str, Any]:
    """The columns of an anchor that states the same, signed with a key of somebody else."""
    signer = JwsAnchorSigner(keys=new_key_ring())
    statement = school.world.services.anchors.signer.read(school.exported[sequence - 1])
    anchor = signer.sign(statement, at=statement.made_at)
    return {"token": anchor.token, "public_key": dict(anchor.public_key)}


def issue_by_hand(school: Tampered) -> None:
    holder = school.cleo.principal.user_id
    insert_copy(school.issued(), user_id=holder, is_current=True)


def swap_holders(school: Tampered) -> None:
    change(school.issued(), is_current=False)
    first, second = school.issued(), school.issued(school.ben)
    pks = first.get().pk, second.get().pk
    model = credentials.UserCredential.objects
    change(model.filter(pk=pks[0]), user_id=school.ben.principal.user_id)
    change(model.filter(pk=pks[1]), user_id=school.anna.principal.user_id)


def swap_sequences(school: Tampered) -> None:
    swap(
        school.events().filter(sequence=2),
        school.events().filter(sequence=3),
        "sequence",
        meanwhile=99,
    )


def swap_hashes(school: Tampered) -> None:
    rows = school.events()
    swap(rows.filter(sequence=2), rows.filter(sequence=3), "hash", meanwhile="f")


def exchange_positions(school: Tampered) -> None:
    """As if two events had been recorded in the other order."""
    first, second = school.events().filter(sequence__in=(2, 3))
    places = first.position, second.position
    for row, place in ((first, 10**6), (second, places[0]), (first, places[1])):
        change(progress.ProgressEvent.objects.filter(id=row.id), position=place)


def cut_tail_of_audit_log(school: Tampered) -> None:
    *_, before, last = entries_of_organization()
    remove(accounts.AuditEntry.objects.filter(pk=last.pk))
    change(
        accounts.AuditHead.objects.filter(pk=last.org_id),
        sequence=before.sequence,
        hash=before.hash,
    )


def remove_audit_log(school: Tampered) -> None:
    org_id = entries_of_organization().first().org_id
    remove(entries_of_organization())
    remove(accounts.AuditHead.objects.filter(pk=org_id))


def renumber_anchors(school: Tampered) -> None:
    change(accounts.Anchor.objects.filter(pk=2), sequence=3)


def resign_all_anchors(school: Tampered) -> None:
    for sequence in (1, 2):
        change(accounts.Anchor.objects.filter(pk=sequence), **another_anchor(school, sequence))


def forge_outline(school: Tampered, **columns: Any) -> None:
    outline = school.version().get().outline
    outline[0]["title"] = "Something else"
    change(school.version(), outline=outline, **columns)


def make_items_optional(school: Tampered) -> None:
    outline = school.version().get().outline
    for item in outline[0]["items"]:
        item["is_required"] = False
    change(school.version(), outline=outline)


def change_marks(school: Tampered) -> None:
    grade = progress.AttemptGrade.objects.get()
    marks = [mark | {"score": mark["score"] + 1} for mark in grade.marks]
    change(progress.AttemptGrade.objects.all(), marks=marks)


def change_answers(school: Tampered, **members: Any) -> None:
    responses = school.attempt().get().responses
    responses[0] |= members or {"text": "The bowline"}
    change(school.attempt(), responses=responses)


def change_terms(school: Tampered) -> None:
    change(school.issued(), terms=school.issued().get().terms | {"name": "Doctor of Knots"})


def remove_credential(school: Tampered) -> None:
    remove(credentials.SignedCredential.objects.filter(issued__in=school.issued()))
    remove(school.issued())


def remove_attempt(school: Tampered) -> None:
    remove(progress.AttemptGrade.objects.all())
    remove(school.attempt())


def first(school: Tampered) -> Any:
    """The row of Anna's first event."""
    return school.events().filter(sequence=1)


def second(school: Tampered) -> Any:
    """The row of the learner's second event."""
    return school.events().filter(sequence=2)


def hide_the_event(school: Tampered) -> None:
    """Make the event that issued the credential unreadable."""
    change(school.events().filter(sequence=5), payload={"credential_id": "?"})
