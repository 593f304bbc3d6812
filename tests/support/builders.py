"""Builders of entities with sensible defaults; pass only what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import factory

from accounts.domain.access import ClientPk, GrantType, Principal, Right, Role, Scope, UserId
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, RefreshToken, Session
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient
from authsvc.http.idempotency.records import IdempotencyRecord, StoredResponse
from courses.domain.entities.courses import (
    Course,
    CourseDefinition,
    CourseDraft,
    CourseStatus,
    CourseVersion,
)
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from credentials.domain.entities.credentials import Evidence, IssuedCredential, IssuedCredentialId
from credentials.domain.entities.definitions import Credential, CredentialTerms, CredentialType
from progress.domain.entities.events import Cause, EventId, EventType, Fact, ProgressEvent
from progress.domain.entities.progress import CourseProgress, ProgressStatus

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


class UserFactory(factory.Factory[User]):
    class Meta:
        model = User

    id = factory.LazyFunction(uuid4)
    email = factory.Sequence(lambda number: f"learner-{number}@school.example")
    name = "Anna"
    password_hash = "argon2$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA"
    roles = (Role.LEARNER,)
    is_active = True
    is_staff = False
    created_at = NOON


class SessionFactory(factory.Factory[Session]):
    class Meta:
        model = Session

    id = factory.LazyFunction(uuid4)
    user_id = factory.LazyFunction(uuid4)
    client_id = FIRST_PARTY_CLIENT
    scopes = frozenset(Scope)
    started_at = NOON
    expires_at = NOON + timedelta(days=90)


class RefreshTokenFactory(factory.Factory[RefreshToken]):
    class Meta:
        model = RefreshToken

    hash = factory.LazyFunction(lambda: uuid4().hex * 2)
    session_id = factory.LazyFunction(uuid4)
    number = 1
    issued_at = NOON
    expires_at = NOON + timedelta(days=14)


class IdempotencyRecordFactory(factory.Factory[IdempotencyRecord]):
    class Meta:
        model = IdempotencyRecord

    request_key = factory.LazyFunction(lambda: uuid4().hex * 2)
    fingerprint = "f" * 64
    response = StoredResponse(status=201, body='{"made":true}', content_type="application/json")
    standing = factory.LazyFunction(lambda: {"rights": ["read-audit"], "memberships": {}})
    kept_at = NOON


class ClientTermsFactory(factory.Factory[ClientTerms]):
    class Meta:
        model = ClientTerms

    name = "Notebook"
    is_public = False
    redirect_uris = ("https://app.example/callback",)
    allowed_scopes = frozenset({"openid", "profile", "email", "courses:read"})
    grant_types = frozenset(GrantType)


class ModuleItemFactory(factory.Factory[ModuleItem]):
    class Meta:
        model = ModuleItem

    key = factory.Sequence(lambda number: f"item-{number}")
    title = "Tying a bowline"
    type = ItemType.LESSON
    body = "Make a loop."


class CourseModuleFactory(factory.Factory[CourseModule]):
    class Meta:
        model = CourseModule

    key = factory.Sequence(lambda number: f"module-{number}")
    title = "Loops"
    items = factory.LazyFunction(lambda: tuple(ModuleItemFactory.build_batch(2)))


class CourseDefinitionFactory(factory.Factory[CourseDefinition]):
    class Meta:
        model = CourseDefinition

    slug = factory.Sequence(lambda number: f"knots-{number}")
    title = "Knots"
    summary = "Knots that hold, and knots that come undone."
    modules = factory.LazyFunction(lambda: tuple(CourseModuleFactory.build_batch(2)))


class CourseFactory(factory.Factory[Course]):
    class Meta:
        model = Course

    id = factory.LazyFunction(uuid4)
    slug = factory.Sequence(lambda number: f"course-{number}")
    title = "Knots"
    summary = "Knots that hold."
    status = CourseStatus.PUBLISHED
    version = 1
    created_by = None
    created_at = NOON


class CredentialTermsFactory(factory.Factory[CredentialTerms]):
    class Meta:
        model = CredentialTerms

    name = "Knot Basics"
    type = CredentialType.BADGE
    description = "Can tie a knot."
    criteria = "Tied every knot of the course."
    issuer = "School of Knots"
    image_url = ""
    course_id = factory.LazyFunction(uuid4)
    valid_for_days = None


class CredentialFactory(factory.Factory[Credential]):
    class Meta:
        model = Credential

    id = factory.LazyFunction(uuid4)
    version = 1
    terms = factory.SubFactory(CredentialTermsFactory)
    is_offered = True
    created_at = NOON


a_user = UserFactory.build
a_session = SessionFactory.build
a_refresh_token = RefreshTokenFactory.build
an_idempotency_record = IdempotencyRecordFactory.build
some_client_terms = ClientTermsFactory.build
an_item_definition = ModuleItemFactory.build
a_module_definition = CourseModuleFactory.build
a_definition = CourseDefinitionFactory.build
a_course = CourseFactory.build
some_terms = CredentialTermsFactory.build
a_credential = CredentialFactory.build


def a_client_of(terms: ClientTerms, **parts: Any) -> OAuthClient:
    client = OAuthClient(
        id=ClientPk(uuid4()),
        client_id=uuid4().hex,
        secret_hash="h" * 64,
        terms=terms,
        is_active=True,
        created_at=NOON,
    )
    return replace(client, **parts)


def a_principal(user: User | None = None, *rights: Right) -> Principal:
    """A signed-in user with every scope and these rights."""
    return Principal(
        user_id=user.id if user else UserId(uuid4()),
        roles=(Role.LEARNER,),
        rights=frozenset(rights),
        scopes=frozenset(Scope),
        client_id=FIRST_PARTY_CLIENT,
    )


def a_definition_of(*, required: int, optional: int = 0, **parts: Any) -> CourseDefinition:
    """A course of one module: so many required items, followed by so many optional ones."""
    items = tuple(
        an_item_definition(is_required=number < required) for number in range(required + optional)
    )
    return a_definition(modules=(a_module_definition(items=items),), **parts)


def a_draft(course: Course, definition: CourseDefinition | None = None) -> CourseDraft:
    content = definition or a_definition(slug=course.slug)
    return content.draft_of(course.id, org_id=course.org_id)


def a_version(
    course: Course, *, number: int = 1, draft: CourseDraft | None = None
) -> CourseVersion:
    content = draft or a_draft(course)
    return CourseVersion(
        course_id=course.id,
        number=number,
        slug=course.slug,
        title=content.title,
        summary=content.summary,
        outline=content.outline,
        checksum=content.checksum,
        published_at=NOON,
        published_by=None,
        org_id=course.org_id,
    )


def an_issued_credential(credential: Credential, user: User, **parts: Any) -> IssuedCredential:
    """Issued for the course that earns the credential."""
    evidence = Evidence(course_id=credential.terms.course_id, course_version=1, completed_at=NOON)
    issued = IssuedCredential.issued(
        IssuedCredentialId(uuid4()),
        credential=credential,
        user_id=user.id,
        evidence=evidence,
        at=NOON,
    )
    return replace(issued, **parts)


def a_progress(course: Course, user: User, **parts: Any) -> CourseProgress:
    """The progress of a learner on the first version of the course, with nothing completed."""
    on_it = CourseProgress(
        user_id=user.id,
        course_id=course.id,
        course_slug=course.slug,
        org_id=course.org_id,
        enrolled_at=NOON,
        last_activity_at=NOON,
        changed_at=NOON,
        status=ProgressStatus.IN_PROGRESS,
        course_version=1,
    )
    return replace(on_it, **parts)


def an_event(progress: CourseProgress, fact: Fact | None = None, **parts: Any) -> ProgressEvent:
    """The next event in the stream of *progress*, caused by its learner."""
    left = Fact(type=EventType.WITHDRAWN, entity_id=progress.course_id, payload={})
    event = progress.next_event(
        fact or left, event_id=EventId(uuid4()), at=NOON, cause=Cause(user_id=progress.user_id)
    )
    return replace(event, **parts).sealed()
