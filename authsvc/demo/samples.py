"""Sample data: two courses with a credential each, and two logins."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from accounts.public import OPERATOR, EmailTaken, InvalidCredentials, Role
from authsvc.composition.container import Services
from courses.definitions.courses import read_definition
from courses.public import CourseId, SlugTaken
from credentials.public import CredentialTerms, CredentialType

COURSE: Final = Path(__file__).with_name("intro-to-claude.yaml")
CHECK: Final = Path(__file__).with_name("claude-check.yaml")
LOGINS: Final = "developer-logins.json"
STAFF: Final = "staff@authsvc.example"
LEARNER: Final = "learner@authsvc.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A sample user and their password."""

    email: str
    name: str
    role: Role
    password: str


def new_passwords() -> dict[str, str]:
    """Generate a password for each login, by e-mail address."""
    return {email: token_urlsafe(12) for email in (STAFF, LEARNER)}


def developer_logins(passwords: Mapping[str, str]) -> tuple[Login, Login]:
    """Return an administrator and a learner."""
    return (
        Login(email=STAFF, name="Root", role=Role.ADMIN, password=passwords[STAFF]),
        Login(email=LEARNER, name="Anna", role=Role.LEARNER, password=passwords[LEARNER]),
    )


def welcome(public_url: str, logins: tuple[Login, ...], *, has_pages: bool) -> str:
    """The URLs and logins to print on start."""
    lines = [f"  API      {public_url}/v1", f"  docs     {public_url}/docs"]
    lines += [f"  admin    {public_url}/admin/"] if has_pages else []
    lines += [f"  {login.role.value:8} {login.email}  {login.password}" for login in logins]
    return "\n".join(["authsvc", *lines])


def load(services: Services, logins: tuple[Login, ...]) -> None:
    """Load the samples, each completely or not at all; existing samples stay unchanged."""
    for login in logins:
        _load_login(services, login)
    for file, terms_for in ((COURSE, _claude_basics), (CHECK, _claude_check)):
        with suppress(SlugTaken):
            services.staff_actions.perform(partial(_load_course, services, file, terms_for))


def _load_course(
    services: Services, file: Path, terms_for: Callable[[CourseId], CredentialTerms]
) -> None:
    """Publish the course of this file, with its credential. Raises SlugTaken."""
    definition = read_definition(file.read_text(encoding="utf-8"))
    course = services.authoring.create(definition, by=OPERATOR)
    services.authoring.publish(course.slug, by=OPERATOR)
    services.credentials.define(terms_for(course.id), by=OPERATOR)


def _load_login(services: Services, login: Login) -> None:
    """Create the account with a verified address, or reset the password of an existing one."""
    try:
        user = services.users.create(
            email=login.email,
            name=login.name,
            password=login.password,
            roles=[login.role],
            by=OPERATOR,
        )
    except EmailTaken:
        try:
            user = services.sign_in.authenticate(email=login.email, password=login.password)
        except InvalidCredentials:
            user = services.users.find(login.email, by=OPERATOR)
            services.users.set_password(user.id, password=login.password, by=OPERATOR)
    services.emails.verify(user.id, email=user.email)


def _claude_check(course_id: CourseId) -> CredentialTerms:
    return CredentialTerms(
        name="Claude Check",
        type=CredentialType.CERTIFICATE,
        description="Knows what to check before using what Claude wrote.",
        criteria="Passed the assessment of the course Claude check.",
        issuer="authsvc sample school",
        image_url="",
        course_id=course_id,
        valid_for_days=None,
    )


def _claude_basics(course_id: CourseId) -> CredentialTerms:
    return CredentialTerms(
        name="Claude Basics",
        type=CredentialType.BADGE,
        description="Can work with Claude with care: ask clearly, check the answers, keep secrets.",
        criteria="Completed every required item of the course Introduction to Claude.",
        issuer="authsvc sample school",
        image_url="",
        course_id=course_id,
        valid_for_days=None,
    )
