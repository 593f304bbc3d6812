"""Batches: a credential awarded to everyone on a list."""

from collections.abc import Iterator
from dataclasses import fields, replace
from uuid import uuid4

import pytest

from accounts.domain.access import OrgRole, Principal
from accounts.domain.audit.entities import AuditAction
from authsvc.jobs.entities import JobStatus, Queue
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from credentials.domain.entities.batches import Batch, BatchPart, BatchTerms, RowResult
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.errors import CredentialNotFound, InvalidAwardList, ReasonMissing
from credentials.domain.services.award_batches import PART, AwardBatches
from credentials.domain.services.batch_rows import sheet_of
from tests.credentials.batches import a_list, awarded, outcomes_of, rows_of, start_batch
from tests.support.browsing import mails
from tests.support.builders import a_definition_of
from tests.support.jobs import stored
from tests.support.learning import (
    Learner,
    a_credential_for,
    a_published_course,
    items_of,
)
from tests.support.organizations import acts_in
from tests.support.tenants import has_guest, has_member, has_organization, has_root
from tests.support.worlds import World, memory_world

STRANGER = "stranger@elsewhere.example"


@pytest.fixture
def memory() -> World:
    """A world in which jobs wait until the test runs them."""
    return memory_world(runs_jobs=False)


@pytest.fixture
def root(memory: World) -> Principal:
    return has_root(memory)


@pytest.fixture
def course(memory: World) -> Course:
    return a_published_course(memory.services)


@pytest.fixture
def credential(memory: World, course: Course) -> Credential:
    return a_credential_for(memory.services, course)


def a_person(world: World, email: str) -> Learner:
    return Learner(services=world.services, principal=has_guest(world, email=email))


def an_enrolled(world: World, course: Course, email: str) -> Learner:
    learner = a_person(world, email)
    learner.enrols(course)
    return learner


def mailed(world: World) -> list[str]:
    """To whom mail was sent, once it is."""
    world.services.job_engine.run_due(Queue.OUTBOUND)
    return [mail.to[0] for mail in mails()]


def test_each_row_has_its_own_outcome(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    people = [an_enrolled(memory, course, f"p{number}@school.example") for number in range(2)]
    a_person(memory, "idle@school.example")
    holder = an_enrolled(memory, course, "holder@school.example")
    for item_id in items_of(memory.services, course):
        holder.completes(course, item_id)
    names = ("p0@school.example", STRANGER, "idle@school.example", "holder@school.example")

    text = a_list(*(f"{name}," for name in names), f",{people[1].principal.person}", f",{uuid4()}")
    outcomes = awarded(
        memory.services,
        credential,
        text.replace("email", "email,user_id", 1),
        even_if_not_eligible=True,
        by=root,
    )

    assert outcomes == [
        "awarded",
        "not-found",
        "never-enrolled",
        "already-held",
        "awarded",
        "not-found",
    ]
    assert [[held.valid for held in person.held()] for person in people] == [[True], [True]]
    entry = acts_in(memory.services, None)[-1]
    assert (entry.action, entry.reason) == (AuditAction.CREDENTIAL_AWARDED, "Workshop of May.")


def test_those_who_are_not_eligible_are_left_out_unless_the_caller_insists(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    anna = an_enrolled(memory, course, "anna@school.example")

    task = start_batch(memory.services, credential, a_list("anna@school.example"), by=root)
    memory.services.job_engine.run_due(Queue.LONG)

    (row,) = rows_of(memory.services, task, by=root)
    assert row["outcome"] == "not-eligible"
    assert course.title in row["detail"]
    assert anna.held() == []


def test_a_dry_run_changes_nothing_and_predicts_the_outcomes(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    anna = an_enrolled(memory, course, "anna@school.example")
    a_person(memory, "idle@school.example")
    text = a_list("anna@school.example", "idle@school.example", STRANGER)

    predicted = awarded(
        memory.services,
        credential,
        text,
        is_dry_run=True,
        even_if_not_eligible=True,
        makes_claims=True,
        by=root,
    )
    assert (anna.held(), mailed(memory)) == ([], [])
    outcomes = awarded(
        memory.services, credential, text, even_if_not_eligible=True, makes_claims=True, by=root
    )

    assert predicted == outcomes == ["awarded", "never-enrolled", "claim-sent"]


def test_the_same_list_twice_awards_nothing_twice(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    anna = an_enrolled(memory, course, "anna@school.example")
    text = a_list("anna@school.example", STRANGER)
    options = {"even_if_not_eligible": True, "makes_claims": True}

    awarded(memory.services, credential, text, by=root, **options)
    outcomes = awarded(memory.services, credential, text, by=root, **options)

    assert outcomes == ["already-held", "already-claimable"]
    assert (len(anna.held()), mailed(memory)) == (1, [STRANGER])


class Killed(BaseException):
    """The worker ends in the middle of its work."""


class Dying(AwardBatches):
    """Is killed after the first row of the second part."""

    def awarded(
        self, credential_id: CredentialId, part: BatchPart, batch: Batch, *, by: Principal
    ) -> Iterator[RowResult]:
        for result in super().awarded(credential_id, part, batch, by=by):
            if result.row.number > PART:
                raise Killed
            yield result


def test_a_batch_whose_worker_is_killed_continues_and_awards_nobody_twice(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    people = [
        an_enrolled(memory, course, f"p{number}@school.example") for number in range(PART + 3)
    ]
    names = [f"p{number}@school.example" for number in range(PART + 3)]
    services = memory.services
    task = start_batch(
        services,
        credential,
        a_list(*names, STRANGER),
        even_if_not_eligible=True,
        makes_claims=True,
        by=root,
    )
    engine, tasks = services.job_engine, services.award_tasks
    known = {field.name: getattr(tasks.batches, field.name) for field in fields(tasks.batches)}
    kind = replace(tasks, batches=Dying(**known)).kind
    faulty = replace(engine, kinds={kind.name: kind})
    with pytest.raises(Killed):
        faulty.run_due(Queue.LONG)
    assert sum(len(person.held()) for person in people) == PART + 1

    memory.clock.go_on(hours=1)
    engine.run_due(Queue.LONG)

    assert stored(memory, task.id).status is JobStatus.SUCCEEDED
    assert outcomes_of(services, task, by=root) == ["awarded"] * (PART + 3) + ["claim-sent"]
    assert [len(person.held()) for person in people] == [1] * (PART + 3)
    assert mailed(memory) == [STRANGER]


def test_members_of_an_organization_are_known_and_nobody_else(memory: World) -> None:
    school = has_organization(memory)
    olga = has_member(memory, school, OrgRole.OWNER)
    has_member(memory, school, email="member@school.example")
    outsider = a_person(memory, "outsider@school.example")
    draft = memory.services.authoring.create(a_definition_of(required=1), org_id=school.id, by=olga)
    course = memory.services.authoring.publish(draft.slug, by=olga)
    credential = a_credential_for(memory.services, course)
    text = a_list("member@school.example", "outsider@school.example", STRANGER)

    outcomes = awarded(memory.services, credential, text, makes_claims=True, by=olga)
    by_id = awarded(
        memory.services, credential, a_list(outsider.principal.person, heading="user_id"), by=olga
    )

    # Whether an address has an account makes no difference.
    assert outcomes == ["never-enrolled", "claim-sent", "claim-sent"]
    assert by_id == ["not-found"]


def test_who_has_lost_the_right_when_the_task_runs_awards_nothing(
    memory: World, course: Course, credential: Credential, root: Principal
) -> None:
    anna = an_enrolled(memory, course, "anna@school.example")
    text = a_list("anna@school.example")
    task = start_batch(memory.services, credential, text, even_if_not_eligible=True, by=root)
    user = memory.repositories.users.get(root.person)
    memory.repositories.users.save(replace(user, roles=()))

    memory.services.job_engine.run_due(Queue.LONG)

    job = stored(memory, task.id)
    assert (job.status, job.error.split(":")[0]) == (JobStatus.FAILED, "not-permitted")
    assert anna.held() == []


def test_a_batch_is_refused_for_the_credential_of_another_owner(
    memory: World, credential: Credential, root: Principal
) -> None:
    school = has_organization(memory)

    with pytest.raises(CredentialNotFound):
        memory.services.award_tasks.start_in(
            school.id,
            credential.id,
            a_list(STRANGER),
            BatchTerms(reason="Because."),
            is_dry_run=False,
            by=root,
        )


def test_a_reason_is_required(memory: World, credential: Credential, root: Principal) -> None:
    with pytest.raises(ReasonMissing):
        start_batch(memory.services, credential, a_list(STRANGER), reason=" ", by=root)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name\nAnna\n", ""),
        ("email\n", ""),
        ("email\nnobody\n", "1/email"),
        ("email,user_id\na@b.example,\nA@B.example,\n", "2/email"),
        ("email,user_id\na@b.example,5d0c5b9e-7a43-4d0b-9d4c-3a1a0c2f6b11\n", "1"),
        ("user_id\n5\n", "1/user_id"),
        ('email\n"a@b.example\n', ""),
    ],
)
def test_a_list_with_an_invalid_row_is_refused_as_a_whole(
    memory: World, credential: Credential, root: Principal, text: str, path: str
) -> None:
    with pytest.raises(InvalidAwardList) as error:
        start_batch(memory.services, credential, text, by=root)

    assert [field_error.path for field_error in error.value.field_errors] == [path]
    assert memory.services.tasks.page_of(PageRequest(), by=root).items == ()


@pytest.mark.parametrize(
    "value", [None, [], {"rows": 1}, {"rows": [1]}, {"rows": [{"email": 1}]}, {"rows": [], "x": 1}]
)
def test_json_in_another_shape_is_refused(value: object) -> None:
    with pytest.raises(InvalidAwardList):
        sheet_of(value)
