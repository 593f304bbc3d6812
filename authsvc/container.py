"""The composition root: the one place where ports meet adapters."""

from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings

from accounts.domain.services import (
    AccessService,
    AccountService,
    EmailService,
    LedgerService,
    LimitService,
    Passwords,
    SessionService,
    TokenPairs,
    UserService,
)
from authsvc.adapters import DjangoUnitOfWork
from authsvc.kernel.events import EventBus
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.ports import Ports, ports
from authsvc.stores import Repositories, memory_repositories, orm_repositories
from courses.domain.repositories.cached import CachedCourseVersionRepository
from courses.domain.services import AuthoringService, CatalogService
from credentials.domain.services import CredentialService, IssuingService
from progress.domain.events import CourseCompleted
from progress.domain.services import (
    LearningService,
    LogService,
    ProgressService,
    Recorder,
    RecordingService,
)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Every service of the house, wired. Each is made when it is first asked for, and once."""

    repositories: Repositories
    ports: Ports
    unit_of_work: UnitOfWork

    @cached_property
    def access(self) -> AccessService:
        return AccessService(
            sessions=self.repositories.sessions,
            access_tokens=self.ports.access_tokens,
            clock=self.ports.clock,
        )

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            passwords=self._passwords,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def emails(self) -> EmailService:
        return EmailService(
            users=self.repositories.users,
            verified_emails=self.repositories.verified_emails,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def users(self) -> UserService:
        return UserService(
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            passwords=self._passwords,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(
            accounts=self.accounts,
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            refresh_tokens=self.repositories.refresh_tokens,
            pairs=TokenPairs(
                refresh_tokens=self.repositories.refresh_tokens,
                access_tokens=self.ports.access_tokens,
                opaque_tokens=self.ports.opaque_tokens,
                policy=self.ports.session_policy,
            ),
            limits=self.limits,
            passwords=self.ports.password_hasher,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.session_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ledger(self) -> LedgerService:
        return LedgerService(
            entries=self.repositories.ledger,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def limits(self) -> LimitService:
        return LimitService(
            limits=self.repositories.limits,
            familiar_addresses=self.repositories.familiar_addresses,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.limit_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def catalog(self) -> CatalogService:
        return CatalogService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=CachedCourseVersionRepository(self.repositories.course_versions),
        )

    @cached_property
    def authoring(self) -> AuthoringService:
        return AuthoringService(
            courses=self.repositories.courses,
            drafts=self.repositories.course_drafts,
            versions=self.repositories.course_versions,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def learning(self) -> LearningService:
        return LearningService(
            progress=self.repositories.progress,
            recorder=self._recorder,
            catalog=self.catalog,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def progress(self) -> ProgressService:
        return ProgressService(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
        )

    @cached_property
    def log(self) -> LogService:
        return LogService(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def credentials(self) -> CredentialService:
        return CredentialService(
            credentials=self.repositories.credentials,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def issuing(self) -> IssuingService:
        return IssuingService(
            credentials=self.repositories.credentials,
            user_credentials=self.repositories.user_credentials,
            recording=RecordingService(
                progress=self.repositories.progress,
                recorder=self._recorder,
                unit_of_work=self.unit_of_work,
            ),
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def _passwords(self) -> Passwords:
        return Passwords(policy=self.ports.password_policy, hasher=self.ports.password_hasher)

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(
            progress=self.repositories.progress,
            log=self.repositories.events,
            catalog=self.catalog,
            events=self._events,
            clock=self.ports.clock,
        )

    @cached_property
    def _events(self) -> EventBus:
        events = EventBus()
        events.subscribe(CourseCompleted, self._issue)
        return events

    def _issue(self, event: CourseCompleted) -> None:
        # Looked up when it is needed: issuing records, and what records needs these events.
        self.issuing.on_course_completed(event)


@cache
def services() -> Services:
    """The services of this process, for classes that Django makes for us."""
    world = ports(settings.ENVIRONMENT, secret_key=settings.SECRET_KEY)
    if settings.ENVIRONMENT.has_database:
        return Services(
            repositories=orm_repositories(), ports=world, unit_of_work=DjangoUnitOfWork()
        )
    database = InMemoryDatabase()
    return Services(repositories=memory_repositories(database), ports=world, unit_of_work=database)
