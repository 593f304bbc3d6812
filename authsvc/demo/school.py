"""The demo school: thirty learners over three months, their tutor, and what waits for its staff."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from accounts.public import OPERATOR, OrganizationId, OrgRole, Role, User
from authsvc.composition.container import Services
from authsvc.demo import samples
from authsvc.demo.learners import Learner, Teacher
from authsvc.demo.past import PastClock, perform, services_at
from authsvc.demo.people import account, founder, member
from authsvc.demo.schedule import DAYS, Act, opening, plans
from authsvc.demo.tutoring import Conversation, prompt_acts
from authsvc.kernel.paging import PageRequest
from courses.definitions.courses import read_definition
from courses.public import CourseDefinition
from credentials.public import CredentialTerms, CredentialType

COURSE: Final = Path(__file__).with_name("fire-safety.yaml")
SCHOOL: Final = ("Harbour Academy", "harbour-academy")
SUSPENDED: Final = ("Lakeside Training", "lakeside-training")
REASON: Final = "Contract ended."
MEMBERS_OF_SUSPENDED: Final = 4
REPORT: Final = "incident-report"
REPORT_DUE: Final = DAYS - 4
"""The day of the school on which reports are due, before the last one is handed in."""


def load_school(services: Services, logins: tuple[samples.Login, ...]) -> None:
    """Fill an empty store with a school of three months, and the samples; leave one that has users as it is."""
    if services.users.page_of(PageRequest(limit=1), by=OPERATOR).items:
        return
    now = services.ports.clock.now()
    clock = PastClock(opening(now))
    school = _School(services=services_at(clock, services), clock=clock, now=now)
    services.staff_actions.perform(partial(school.open, logins))


@dataclass(frozen=True, slots=True, kw_only=True)
class _School:
    """The school, with services at a clock that shows when something happened."""

    services: Services
    clock: PastClock
    now: datetime

    def open(self, logins: tuple[samples.Login, ...]) -> None:
        samples.load(self.services, logins)
        owner = account(
            self.services, "Ines Duarte", "ines@harbour-academy.example", Role.INSTRUCTOR
        )
        academy = self._organization(SCHOOL, owner)
        teacher = self._teacher(academy, owner)
        lakeside = self._suspended_later()
        acts = [act for act in self._acts(academy, lakeside, teacher) if act.at < self.now]
        perform([*acts, *self._staff_acts(lakeside, teacher)], self.clock)

    def _organization(self, named: tuple[str, str], owner: User) -> OrganizationId:
        name, slug = named
        by = founder(owner)
        return self.services.organizations.create(name=name, slug=slug, by=by).id

    def _teacher(self, org_id: OrganizationId, owner: User) -> Teacher:
        """The owner, with the published course of the organization and its credential."""
        by = member(owner, {org_id: OrgRole.OWNER})
        course = self.services.authoring.create(self._definition, org_id=org_id, by=by)
        course = self.services.authoring.publish(str(course.id), by=by)
        self.services.credentials.define(
            CredentialTerms(
                name="Fire warden",
                type=CredentialType.CERTIFICATE,
                description="Knows what to do when the alarm sounds on a ship.",
                criteria="Completed every required item of the course Fire safety on board.",
                issuer=SCHOOL[0],
                image_url="",
                course_id=course.id,
                valid_for_days=730,
            ),
            by=by,
        )
        return Teacher(services=self.services, principal=by, course=course)

    @property
    def _definition(self) -> CourseDefinition:
        """The course, with a report that was due a few days ago."""
        definition = read_definition(COURSE.read_text(encoding="utf-8"))
        due_at = opening(self.now) + timedelta(days=REPORT_DUE)
        modules = tuple(
            replace(
                module,
                items=tuple(
                    item.due(due_at) if item.key == REPORT else item for item in module.items
                ),
            )
            for module in definition.modules
        )
        return replace(definition, modules=modules)

    def _suspended_later(self) -> OrganizationId:
        owner = account(self.services, "Martin Vogel", "martin@lakeside.example", Role.INSTRUCTOR)
        return self._organization(SUSPENDED, owner)

    def _acts(
        self, academy: OrganizationId, lakeside: OrganizationId, teacher: Teacher
    ) -> Iterator[Act]:
        """What the learners do, and the teacher for them."""
        for plan in plans(self.now):
            learner = Learner(services=self.services, plan=plan, teacher=teacher, org_id=academy)
            yield Act(plan.joined, learner.join)
            if plan.number < MEMBERS_OF_SUSPENDED:
                join = partial(learner.join_another, lakeside)
                yield Act(plan.joined + timedelta(minutes=30), join)
            yield from learner.acts(self.now)
            yield from Conversation(learner=learner).acts()

    def _staff_acts(self, lakeside: OrganizationId, teacher: Teacher) -> Iterator[Act]:
        suspend = partial(self.services.organizations.suspend, lakeside, reason=REASON, by=OPERATOR)
        yield Act(self.now - timedelta(days=3, hours=2), suspend)
        yield Act(self.now - timedelta(days=5), teacher.revoke_one)
        yield from prompt_acts(self.services, opening(self.now))
