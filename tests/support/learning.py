"""Builders for courses and learners, on the services of any world."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from accounts.domain.access import OPERATOR, OrgRole, Principal, UserId
from accounts.domain.organizations.entities import Organization
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import Assessment
from courses.domain.entities.courses import Course, CourseDefinition
from courses.domain.entities.outlines import ItemId
from credentials.domain.entities.credentials import Verification
from credentials.domain.entities.definitions import Credential
from progress.domain.entities.events import Cause, EventType, Fact, ProgressEvent, StreamId
from progress.domain.entities.progress import CourseProgress
from tests.support.builders import a_definition_of, a_principal, an_item_definition, some_terms
from tests.support.organizations import a_member
from tests.support.worlds import World


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A learner, and what they do on courses."""

    services: Services
    principal: Principal

    def enrols(self, course: Course) -> CourseProgress:
        return self.services.learning.enroll(course.slug, by=self.principal)

    def withdraws(self, course: Course) -> CourseProgress:
        return self.services.learning.withdraw(course.slug, by=self.principal)

    def starts(self, course: Course, item_id: ItemId) -> CourseProgress:
        return self.services.learning.start_item(course.slug, item_id, by=self.principal)

    def completes(self, course: Course, item_id: ItemId) -> CourseProgress:
        return self.services.learning.complete_item(course.slug, item_id, by=self.principal)

    def passes(self, course: Course) -> CourseProgress:
        """Enrol, and complete every item."""
        progress = self.enrols(course)
        for item_id in items_of(self.services, course):
            progress = self.completes(course, item_id)
        return progress

    def progress_on(self, course: Course) -> CourseProgress:
        return self.services.progress.get(course.slug, by=self.principal)

    def log_of(self, course: Course) -> list[ProgressEvent]:
        """Their events on the course, oldest first."""
        request = PageRequest(limit=100)
        page = self.services.progress.events_of(course.slug, request, by=self.principal)
        return list(page.items)

    def held(self) -> list[Verification]:
        """All credentials issued to them."""
        page = self.services.issuing.page_for(self.principal, PageRequest(limit=100))
        return list(page.items)

    def types_of(self, course: Course) -> list[EventType]:
        return [event.fact.type for event in self.log_of(course)]


def a_learner(world: World, name: str = "Anna") -> Learner:
    return Learner(services=world.services, principal=a_principal(world.has_user(name=name)))


def a_learner_in(world: World, organization: Organization) -> Learner:
    """A learner who is a member of the organization."""
    user = world.has_verified_user()
    world.services.members.add(organization.id, user.id, role=OrgRole.LEARNER, by=OPERATOR)
    return Learner(services=world.services, principal=a_member(organization.id, user=user))


def a_published_course(services: Services, definition: CourseDefinition | None = None) -> Course:
    """A published course, by default with three required items."""
    course = services.authoring.create(definition or a_definition_of(required=3), by=OPERATOR)
    return services.authoring.publish(course.slug, by=OPERATOR)


def a_course_beside_others(services: Services) -> Course:
    """The same in a database that other processes give courses, too, which count their slugs as this one does."""
    return a_published_course(services, a_definition_of(required=3, slug=f"course-{uuid4().hex}"))


def published_again(services: Services, definition: CourseDefinition) -> Course:
    services.authoring.revise(definition.slug, definition, by=OPERATOR)
    return services.authoring.publish(definition.slug, by=OPERATOR)


def revised(definition: CourseDefinition, *, keeping: int, adding: int = 0) -> CourseDefinition:
    """The definition with the first items of its only module, and with new required ones."""
    (module,) = definition.modules
    new = tuple(an_item_definition() for _ in range(adding))
    return replace(definition, modules=(replace(module, items=module.items[:keeping] + new),))


def items_of(services: Services, course: Course) -> list[ItemId]:
    """Ids of the items in the current version of the course."""
    return [
        item.id
        for item in services.catalog.version(
            course.id, course.version, scope=ALL_TENANTS
        ).outline.items
    ]


def a_credential_for(services: Services, course: Course, **terms: Any) -> Credential:
    return services.credentials.define(some_terms(course_id=course.id, **terms), by=OPERATOR)


def assessment_in(services: Services, course: Course, key: str) -> Assessment:
    """The assessment of the item with this key, in the current version of the course."""
    version = services.catalog.version(course.id, course.version, scope=ALL_TENANTS)
    (item,) = (item for item in version.outline.items if item.key == key)
    assert item.assessment is not None
    return item.assessment


def record_fact(world: World, fact: Fact, *, stream: StreamId, by: UserId | None) -> CourseProgress:
    """Record a fact as another app does, in a unit of work of its own."""
    recorder = world.services.learning.recorder
    with world.unit_of_work.atomic():
        return recorder.record(recorder.lock(stream), fact, cause=Cause(user_id=by))
