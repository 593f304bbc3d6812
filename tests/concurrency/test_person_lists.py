"""Races between imports of people: of two at once one is done, and the other changes nothing."""

from collections.abc import Callable, Iterator

import pytest

from accounts import models as rows
from accounts.domain.access import Principal, Role
from accounts.domain.audit.entities import AuditAction
from authsvc.jobs.models import Job
from authsvc.kernel.sheets import Sheet, sheet_in
from tests.concurrency.test_organizations import DONE, at_once
from tests.support.databases import empty_the_log
from tests.support.tenants import has_root
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.postgres

ANNA, BO, CLEO = (f"{name}@school.example" for name in ("anna", "bo", "cleo"))
LISTS = {
    "the same new people": (f"{BO},Bo,", f"{CLEO},Cleo,"),
    "the same changes": (f"{ANNA},Anna Keller,instructor",),
    "new people and changes": (f"{ANNA},Anna Keller,instructor", f"{BO},Bo,"),
}


@pytest.fixture
def town(committing: None) -> Iterator[World]:
    """A world that all threads see; its data is deleted afterwards."""
    there = set(rows.User.objects.values_list("pk", flat=True))
    yield orm_world(runs_jobs=False)
    empty_the_log(rows.AuditEntry)
    for kind in (rows.AuditHead, rows.OutgoingMail, rows.LimitState, Job):
        kind.objects.all().delete()
    rows.User.objects.exclude(pk__in=there).delete()


def a_list(*lines: str) -> Sheet:
    return sheet_in("\n".join(("email,name,roles", *lines)), heading="email")


def importing(world: World, sheet: Sheet, by: Principal) -> Callable[[], object]:
    """The import of a list that is previewed now."""
    digest = world.services.person_lists.preview(sheet, by=by).digest
    return lambda: world.services.person_lists.import_people(sheet, digest=digest, by=by)


def imports_recorded() -> int:
    return rows.AuditEntry.objects.filter(action=AuditAction.PEOPLE_IMPORTED).count()


@pytest.mark.parametrize("lines", LISTS.values(), ids=LISTS)
def test_of_two_imports_of_a_list_at_once_one_is_done(town: World, lines: tuple[str, ...]) -> None:
    town.has_user(email=ANNA, name="Anna")
    first, second = has_root(town), has_root(town)
    sheet = a_list(*lines)

    outcomes = at_once(importing(town, sheet, first), importing(town, sheet, second))

    assert outcomes == {DONE: 1, "people-changed": 1}
    assert imports_recorded() == 1
    invited = {line.split(",")[0] for line in lines} - {ANNA}
    assert set(rows.OutgoingMail.objects.values_list("recipient", flat=True)) == invited
    assert rows.User.objects.filter(email__in=invited).count() == len(invited)


def test_of_two_imports_that_overlap_the_slower_changes_nothing(town: World) -> None:
    anna = town.has_user(email=ANNA, name="Anna")
    root = has_root(town)
    lists = (a_list(f"{ANNA},Anne,", f"{BO},Bo,"), a_list(f"{CLEO},Cleo,", f"{ANNA},Ann,"))

    outcomes = at_once(*(importing(town, sheet, root) for sheet in lists))

    assert outcomes == {DONE: 1, "people-changed": 1}
    there = set(rows.User.objects.filter(email__in=[BO, CLEO]).values_list("email", flat=True))
    name = town.repositories.users.get(anna.id).name
    assert (name, there) in (("Anne", {BO}), ("Ann", {CLEO}))
    assert rows.User.objects.get(pk=anna.id).roles == [Role.LEARNER.value]
