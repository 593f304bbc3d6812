"""EventExport: pages and whole exports, while more is recorded."""

from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.kernel.errors import DomainError
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.entities.events import ProgressEvent
from progress.domain.services import event_log
from progress.statements import statement_of
from tests.progress.test_random_acts import LEARNERS, a_school, acts, modestly, plans
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner
from tests.support.organizations import a_member, acts_in
from tests.support.pages import pages_of
from tests.support.random_acts import Act, Plan
from tests.support.worlds import World
from tests.support.xapi import faults_in

HOME: Final = "https://auth.example"
stories: Final = st.lists(acts, max_size=25)


class Chronicle:
    """The events of a school in order; at first, all learners have enrolled."""

    def __init__(self, plan: Plan) -> None:
        self.school = a_school(plan)
        for learner in self.school.learners:
            self.school.services.learning.enroll(self.school.courses[0].slug, by=learner)
        self.events = self._streams()

    def see(self, act: Act) -> None:
        with suppress(DomainError):
            self.school.see(act)
        self.events += [event for event in self._streams() if event not in self.events]

    def _streams(self) -> list[ProgressEvent]:
        log = self.school.services.repositories.events
        return [
            event
            for learner in range(LEARNERS)
            for event in log.stream(self.school.stream_of(learner, 0), scope=ALL_TENANTS)
        ]


@modestly
@given(plan=plans, before=stories, meanwhile=stories, limit=st.integers(1, 4))
def test_following_the_pages_yields_each_event_once_whatever_happens_meanwhile(
    plan: Plan, before: list[Act], meanwhile: list[Act], limit: int
) -> None:
    chronicle, to_come = Chronicle(plan), iter(meanwhile)
    for act in before:
        chronicle.see(act)
    known = list(chronicle.events)

    copy: list[ProgressEvent] = []
    export_of = chronicle.school.services.export
    for page in pages_of(lambda request: export_of.page(request, by=OPERATOR), limit=limit):
        copy += page
        for act in to_come:
            chronicle.see(act)
            break

    assert copy[: len(known)] == known
    assert copy == chronicle.events[: len(copy)]


@modestly
@given(plan=plans, story=stories)
def test_whatever_happens_is_a_statement_that_xapi_allows(plan: Plan, story: list[Act]) -> None:
    chronicle = Chronicle(plan)
    for act in story:
        chronicle.see(act)

    taken = list(chronicle.school.services.export.whole(by=OPERATOR))

    assert taken == chronicle.events
    assert [faults_in(statement_of(event, home=HOME)) for event in taken] == [[] for _ in taken]


@modestly
@given(plan=plans, story=stories, limit=st.integers(1, 4), learner=st.integers(0, LEARNERS - 1))
def test_a_learner_gets_their_own_events(
    plan: Plan, story: list[Act], limit: int, learner: int
) -> None:
    chronicle = Chronicle(plan)
    for act in story:
        chronicle.see(act)
    anna, export_of = chronicle.school.learners[learner], chronicle.school.services.export

    pages = pages_of(lambda request: export_of.page(request, by=anna), limit=limit)

    own = [event for event in chronicle.events if event.user_id == anna.user_id]
    assert [event for page in pages for event in page] == own


@pytest.fixture
def harbour(memory: World) -> Organization:
    """An organization in which a learner has completed a course of two items: four events."""
    harbour = memory.has_organization(slug="harbour")
    services, lea = memory.services, a_member(harbour.id, OrgRole.LEARNER)
    draft = services.authoring.create(a_definition_of(required=2), org_id=harbour.id, by=OPERATOR)
    course = services.authoring.publish(draft.slug, by=OPERATOR)
    Learner(services=services, principal=lea).passes(course)
    return harbour


def access_entries(world: World, organization: Organization) -> int:
    acts_there = acts_in(world.services, organization.id)
    return sum(act.action is AuditAction.LOOKED_INTO for act in acts_there)


def test_a_whole_export_is_recorded_as_one_access(
    memory: World, harbour: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "EXPORTED_AT_ONCE", 1)

    taken = list(memory.services.export.whole(by=OPERATOR, org_id=harbour.id))

    assert len(taken) == 4
    assert access_entries(memory, harbour) == 1


def test_every_page_is_recorded_as_an_access(memory: World, harbour: Organization) -> None:
    of = memory.services.export

    pages = pages_of(lambda request: of.page(request, by=OPERATOR, org_id=harbour.id), limit=1)

    assert len(list(pages)) == 4
    assert access_entries(memory, harbour) == 4


def test_a_whole_export_is_not_for_everybody(memory: World, harbour: Organization) -> None:
    lea, stranger = a_member(harbour.id, OrgRole.LEARNER), a_principal()

    with pytest.raises(NotPermitted):
        list(memory.services.export.whole(by=lea, org_id=harbour.id))
    with pytest.raises(OrganizationNotFound):
        list(memory.services.export.whole(by=stranger, org_id=harbour.id))
