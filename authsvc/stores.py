"""The two sets of repositories: on a database, and in memory."""

from collections.abc import MutableMapping
from dataclasses import dataclass

from accounts.domain.entities import (
    ClientPk,
    OAuthClient,
    Organization,
    OrganizationId,
    OrgMembership,
    Session,
    SessionId,
    UserId,
)
from accounts.domain.repositories import memory as accounts_memory
from accounts.domain.repositories import orm as accounts_orm
from accounts.domain.repositories.protocols import (
    AuditLogRepository,
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    DeviceCodeRepository,
    FamiliarAddressRepository,
    InvitationRepository,
    LedgerRepository,
    LogoutNoticeRepository,
    MembershipRepository,
    OrganizationRepository,
    PushedRequestRepository,
    RateLimitRepository,
    RefreshTokenRepository,
    SessionRepository,
    UserRepository,
    VerifiedEmailRepository,
)
from authsvc.kernel.memory import InMemoryDatabase
from courses.domain.repositories import memory as courses_memory
from courses.domain.repositories import orm as courses_orm
from courses.domain.repositories.protocols import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
    PathwayRepository,
)
from credentials.domain.repositories import memory as credentials_memory
from credentials.domain.repositories import orm as credentials_orm
from credentials.domain.repositories.protocols import (
    CredentialRepository,
    IssuedCredentialRepository,
)
from progress.domain.repositories import memory as progress_memory
from progress.domain.repositories import orm as progress_orm
from progress.domain.repositories.protocols import (
    AttemptRepository,
    EventRepository,
    ProgressRepository,
    ReportRepository,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """One repository of each kind, all on the same store."""

    users: UserRepository
    verified_emails: VerifiedEmailRepository
    sessions: SessionRepository
    refresh_tokens: RefreshTokenRepository
    ledger: LedgerRepository
    limits: RateLimitRepository
    familiar_addresses: FamiliarAddressRepository
    clients: ClientRepository
    consents: ConsentRepository
    authorization_codes: AuthorizationCodeRepository
    device_codes: DeviceCodeRepository
    pushed_requests: PushedRequestRepository
    logout_notices: LogoutNoticeRepository
    organizations: OrganizationRepository
    memberships: MembershipRepository
    invitations: InvitationRepository
    audit_log: AuditLogRepository
    courses: CourseRepository
    course_drafts: CourseDraftRepository
    course_versions: CourseVersionRepository
    assessments: AssessmentRepository
    pathways: PathwayRepository
    progress: ProgressRepository
    events: EventRepository
    attempts: AttemptRepository
    reports: ReportRepository
    credentials: CredentialRepository
    issued_credentials: IssuedCredentialRepository


def orm_repositories() -> Repositories:
    """Repositories on the database of Django's settings."""
    return Repositories(
        users=accounts_orm.OrmUserRepository(),
        verified_emails=accounts_orm.OrmVerifiedEmailRepository(),
        sessions=accounts_orm.OrmSessionRepository(),
        refresh_tokens=accounts_orm.OrmRefreshTokenRepository(),
        ledger=accounts_orm.OrmLedgerRepository(),
        limits=accounts_orm.OrmRateLimitRepository(),
        familiar_addresses=accounts_orm.OrmFamiliarAddressRepository(),
        clients=accounts_orm.OrmClientRepository(),
        consents=accounts_orm.OrmConsentRepository(),
        authorization_codes=accounts_orm.OrmAuthorizationCodeRepository(),
        device_codes=accounts_orm.OrmDeviceCodeRepository(),
        pushed_requests=accounts_orm.OrmPushedRequestRepository(),
        logout_notices=accounts_orm.OrmLogoutNoticeRepository(),
        organizations=accounts_orm.OrmOrganizationRepository(),
        memberships=accounts_orm.OrmMembershipRepository(),
        invitations=accounts_orm.OrmInvitationRepository(),
        audit_log=accounts_orm.OrmAuditLogRepository(),
        courses=courses_orm.OrmCourseRepository(),
        course_drafts=courses_orm.OrmCourseDraftRepository(),
        course_versions=courses_orm.OrmCourseVersionRepository(),
        assessments=courses_orm.OrmAssessmentRepository(),
        pathways=courses_orm.OrmPathwayRepository(),
        progress=progress_orm.OrmProgressRepository(),
        events=progress_orm.OrmEventRepository(),
        attempts=progress_orm.OrmAttemptRepository(),
        reports=progress_orm.OrmReportRepository(),
        credentials=credentials_orm.OrmCredentialRepository(),
        issued_credentials=credentials_orm.OrmIssuedCredentialRepository(),
    )


def memory_repositories(database: InMemoryDatabase) -> Repositories:
    """Repositories on the tables of *database*, which is their unit of work."""
    organizations: MutableMapping[OrganizationId, Organization] = database.table()
    memberships: MutableMapping[tuple[OrganizationId, UserId], OrgMembership] = database.table()
    sessions: MutableMapping[SessionId, Session] = database.table()
    clients: MutableMapping[ClientPk, OAuthClient] = database.table()
    users = accounts_memory.InMemoryUserRepository(database.table())
    refresh_tokens = accounts_memory.InMemoryRefreshTokenRepository(database.table(), sessions)
    events = progress_memory.InMemoryEventRepository(database.table())
    progress = progress_memory.InMemoryProgressRepository(events, database.table())
    attempts = progress_memory.InMemoryAttemptRepository(database.table())
    return Repositories(
        users=users,
        verified_emails=accounts_memory.InMemoryVerifiedEmailRepository(database.table()),
        sessions=accounts_memory.InMemorySessionRepository(
            users, refresh_tokens, organizations, memberships, sessions
        ),
        refresh_tokens=refresh_tokens,
        ledger=accounts_memory.InMemoryLedgerRepository(database.table()),
        limits=accounts_memory.InMemoryRateLimitRepository(database.table()),
        familiar_addresses=accounts_memory.InMemoryFamiliarAddressRepository(database.table()),
        clients=accounts_memory.InMemoryClientRepository(organizations, clients),
        consents=accounts_memory.InMemoryConsentRepository(clients, database.table()),
        authorization_codes=accounts_memory.InMemoryAuthorizationCodeRepository(database.table()),
        device_codes=accounts_memory.InMemoryDeviceCodeRepository(database.table()),
        pushed_requests=accounts_memory.InMemoryPushedRequestRepository(database.table()),
        logout_notices=accounts_memory.InMemoryLogoutNoticeRepository(database.table()),
        organizations=accounts_memory.InMemoryOrganizationRepository(memberships, organizations),
        memberships=accounts_memory.InMemoryMembershipRepository(users, memberships),
        invitations=accounts_memory.InMemoryInvitationRepository(organizations, database.table()),
        audit_log=accounts_memory.InMemoryAuditLogRepository(database.table(), database.table()),
        courses=courses_memory.InMemoryCourseRepository(database.table()),
        course_drafts=courses_memory.InMemoryCourseDraftRepository(database.table()),
        course_versions=courses_memory.InMemoryCourseVersionRepository(database.table()),
        assessments=courses_memory.InMemoryAssessmentRepository(database.table()),
        pathways=courses_memory.InMemoryPathwayRepository(database.table()),
        progress=progress,
        events=events,
        attempts=attempts,
        reports=progress_memory.InMemoryReportRepository(progress, attempts),
        credentials=credentials_memory.InMemoryCredentialRepository(database.table()),
        issued_credentials=credentials_memory.InMemoryIssuedCredentialRepository(database.table()),
    )
