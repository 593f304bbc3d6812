"""Repository sets: one repository of each kind, all on the same store, a database or memory."""

from collections.abc import MutableMapping
from dataclasses import dataclass

from accounts.adapters.email_links import SignedEmailLinks
from accounts.adapters.second_factors import AllauthSecondFactors
from accounts.domain.access import ClientPk, OrganizationId, SessionId, UserId
from accounts.domain.audit.repositories.memory import (
    InMemoryAnchorRepository,
    InMemoryAuditLogRepository,
)
from accounts.domain.audit.repositories.orm import OrmAnchorRepository, OrmAuditLogRepository
from accounts.domain.audit.repositories.protocols import AnchorRepository, AuditLogRepository
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.ports import BrowserSessions, EmailLinks, PasswordLinks, SecondFactors
from accounts.domain.identity.repositories.memory import (
    InMemoryKnownAddressRepository,
    InMemoryRateLimitRepository,
    InMemoryRefreshTokenRepository,
    InMemorySessionRepository,
    InMemorySignInChallengeRepository,
    InMemoryUserRepository,
    InMemoryVerifiedEmailRepository,
    NoBrowserSessions,
    NoEmailLinks,
    NoPasswordLinks,
    NoSecondFactors,
)
from accounts.domain.identity.repositories.orm import browsers as orm_browsers
from accounts.domain.identity.repositories.orm import limits as orm_limits
from accounts.domain.identity.repositories.orm import sessions as orm_sessions
from accounts.domain.identity.repositories.orm import users as orm_users
from accounts.domain.identity.repositories.protocols import (
    KnownAddressRepository,
    RateLimitRepository,
    RefreshTokenRepository,
    SessionRepository,
    SignInChallengeRepository,
    UserRepository,
    VerifiedEmailRepository,
)
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.repositories.memory import (
    Cursor,
    InMemoryDeliveryRepository,
    InMemoryWebhookCursorRepository,
    InMemoryWebhookRepository,
)
from accounts.domain.integrations.repositories.orm import (
    OrmDeliveryRepository,
    OrmWebhookCursorRepository,
    OrmWebhookRepository,
)
from accounts.domain.integrations.repositories.protocols import (
    DeliveryRepository,
    WebhookCursorRepository,
    WebhookRepository,
)
from accounts.domain.mail.repositories.memory import InMemoryOutgoingMailRepository
from accounts.domain.mail.repositories.orm import OrmOutgoingMailRepository
from accounts.domain.mail.repositories.protocols import OutgoingMailRepository
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.repositories.memory import (
    InMemoryAuthorizationCodeRepository,
    InMemoryClientRepository,
    InMemoryConsentRepository,
    InMemoryDeviceCodeRepository,
    InMemoryPushedRequestRepository,
)
from accounts.domain.oauth.repositories.orm import (
    OrmAuthorizationCodeRepository,
    OrmClientRepository,
    OrmConsentRepository,
    OrmDeviceCodeRepository,
    OrmPushedRequestRepository,
)
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    DeviceCodeRepository,
    PushedRequestRepository,
)
from accounts.domain.organizations.entities import Organization, OrgMembership
from accounts.domain.organizations.repositories.memory import (
    InMemoryInvitationRepository,
    InMemoryMembershipRepository,
    InMemoryOpenMemberships,
    InMemoryOrganizationRepository,
)
from accounts.domain.organizations.repositories.orm import (
    OrmInvitationRepository,
    OrmMembershipRepository,
    OrmOrganizationRepository,
)
from accounts.domain.organizations.repositories.protocols import (
    InvitationRepository,
    MembershipRepository,
    OrganizationRepository,
)
from authsvc.events.entities import OutgoingEvent
from authsvc.events.repositories.memory import InMemoryOutgoingEventRepository
from authsvc.events.repositories.orm import OrmOutgoingEventRepository
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.jobs.repositories.memory import InMemoryJobRepository
from authsvc.jobs.repositories.orm import OrmJobRepository
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.overview.repositories.memory import InMemoryOverviewRepository
from authsvc.overview.repositories.orm import OrmOverviewRepository
from authsvc.overview.repositories.protocols import OverviewRepository
from courses.domain.repositories.memory.courses import (
    InMemoryAssessmentRepository,
    InMemoryCourseDraftRepository,
    InMemoryCourseRepository,
    InMemoryCourseVersionRepository,
)
from courses.domain.repositories.memory.pathways import InMemoryPathwayRepository
from courses.domain.repositories.orm.courses import (
    OrmAssessmentRepository,
    OrmCourseDraftRepository,
    OrmCourseRepository,
    OrmCourseVersionRepository,
)
from courses.domain.repositories.orm.pathways import OrmPathwayRepository
from courses.domain.repositories.protocols.courses import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)
from courses.domain.repositories.protocols.pathways import PathwayRepository
from credentials.domain.repositories.memory.credentials import InMemoryCredentialRepository
from credentials.domain.repositories.memory.issued_credentials import (
    InMemoryIssuedCredentialRepository,
)
from credentials.domain.repositories.orm.credentials import OrmCredentialRepository
from credentials.domain.repositories.orm.issued_credentials import OrmIssuedCredentialRepository
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from progress.domain.ai.repositories.memory.budgets import (
    InMemoryAIBudgetRepository,
    InMemoryAISettingsRepository,
    InMemoryAIUsageRepository,
)
from progress.domain.ai.repositories.memory.flags import InMemoryAIFlagRepository
from progress.domain.ai.repositories.memory.outcomes import InMemoryAIOutcomeRepository
from progress.domain.ai.repositories.memory.prompts import InMemoryPromptTemplateRepository
from progress.domain.ai.repositories.memory.sessions import (
    InMemoryAIFeedbackRepository,
    InMemoryAIInteractionRepository,
    InMemoryAISessionRepository,
)
from progress.domain.ai.repositories.orm.budgets import (
    OrmAIBudgetRepository,
    OrmAISettingsRepository,
    OrmAIUsageRepository,
)
from progress.domain.ai.repositories.orm.flags import OrmAIFlagRepository
from progress.domain.ai.repositories.orm.outcomes import OrmAIOutcomeRepository
from progress.domain.ai.repositories.orm.prompts import OrmPromptTemplateRepository
from progress.domain.ai.repositories.orm.sessions import (
    OrmAIFeedbackRepository,
    OrmAIInteractionRepository,
    OrmAISessionRepository,
)
from progress.domain.ai.repositories.protocols.budgets import (
    AIBudgetRepository,
    AIOutcomeRepository,
    AISettingsRepository,
    AIUsageRepository,
)
from progress.domain.ai.repositories.protocols.prompts import PromptTemplateRepository
from progress.domain.ai.repositories.protocols.sessions import (
    AIFeedbackRepository,
    AIFlagRepository,
    AIInteractionRepository,
    AISessionRepository,
)
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.grids import InMemoryLearnerGridRepository
from progress.domain.repositories.memory.log_state import InMemoryLogStateRepository
from progress.domain.repositories.memory.progress import (
    InMemoryEventRepository,
    InMemoryProgressRepository,
)
from progress.domain.repositories.memory.proposals import InMemoryGradeProposalRepository
from progress.domain.repositories.memory.reports import InMemoryReportRepository
from progress.domain.repositories.orm.attempts import OrmAttemptRepository
from progress.domain.repositories.orm.grids import OrmLearnerGridRepository
from progress.domain.repositories.orm.log_state import OrmLogStateRepository
from progress.domain.repositories.orm.progress import OrmEventRepository, OrmProgressRepository
from progress.domain.repositories.orm.proposals import OrmGradeProposalRepository
from progress.domain.repositories.orm.reports import OrmReportRepository
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.grids import LearnerGridRepository
from progress.domain.repositories.protocols.log_state import LogStateRepository
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.repositories.protocols.proposals import GradeProposalRepository
from progress.domain.repositories.protocols.reports import ReportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    jobs: JobRepository
    mails: OutgoingMailRepository
    second_factors: SecondFactors
    password_links: PasswordLinks
    email_links: EmailLinks
    sign_in_challenges: SignInChallengeRepository
    sessions: SessionRepository
    browser_sessions: BrowserSessions
    refresh_tokens: RefreshTokenRepository
    limits: RateLimitRepository
    known_addresses: KnownAddressRepository
    clients: ClientRepository
    consents: ConsentRepository
    authorization_codes: AuthorizationCodeRepository
    device_codes: DeviceCodeRepository
    pushed_requests: PushedRequestRepository
    organizations: OrganizationRepository
    memberships: MembershipRepository
    invitations: InvitationRepository
    audit_log: AuditLogRepository
    anchors: AnchorRepository
    outgoing_events: OutgoingEventRepository
    webhooks: WebhookRepository
    webhook_cursors: WebhookCursorRepository
    deliveries: DeliveryRepository
    courses: CourseRepository
    course_drafts: CourseDraftRepository
    course_versions: CourseVersionRepository
    assessments: AssessmentRepository
    pathways: PathwayRepository
    progress: ProgressRepository
    events: EventRepository
    log_state: LogStateRepository
    attempts: AttemptRepository
    proposals: GradeProposalRepository
    reports: ReportRepository
    learner_grids: LearnerGridRepository
    credentials: CredentialRepository
    issued_credentials: IssuedCredentialRepository
    ai_sessions: AISessionRepository
    ai_interactions: AIInteractionRepository
    ai_feedback: AIFeedbackRepository
    ai_flags: AIFlagRepository
    ai_outcomes: AIOutcomeRepository
    ai_budgets: AIBudgetRepository
    ai_settings: AISettingsRepository
    ai_usage: AIUsageRepository
    prompt_templates: PromptTemplateRepository
    overview: OverviewRepository


def orm_repositories() -> Repositories:
    """Repositories on the database of Django's settings."""
    return Repositories(
        users=orm_users.OrmUserRepository(),
        verified_emails=orm_users.OrmVerifiedEmailRepository(),
        jobs=OrmJobRepository(),
        mails=OrmOutgoingMailRepository(),
        second_factors=AllauthSecondFactors(),
        password_links=orm_users.OrmPasswordLinks(),
        email_links=SignedEmailLinks(),
        sign_in_challenges=orm_sessions.OrmSignInChallengeRepository(),
        sessions=orm_sessions.OrmSessionRepository(),
        browser_sessions=orm_browsers.OrmBrowserSessions(),
        refresh_tokens=orm_sessions.OrmRefreshTokenRepository(),
        limits=orm_limits.OrmRateLimitRepository(),
        known_addresses=orm_limits.OrmKnownAddressRepository(),
        clients=OrmClientRepository(),
        consents=OrmConsentRepository(),
        authorization_codes=OrmAuthorizationCodeRepository(),
        device_codes=OrmDeviceCodeRepository(),
        pushed_requests=OrmPushedRequestRepository(),
        organizations=OrmOrganizationRepository(),
        memberships=OrmMembershipRepository(),
        invitations=OrmInvitationRepository(),
        audit_log=OrmAuditLogRepository(),
        anchors=OrmAnchorRepository(),
        outgoing_events=OrmOutgoingEventRepository(),
        webhooks=OrmWebhookRepository(),
        webhook_cursors=OrmWebhookCursorRepository(),
        deliveries=OrmDeliveryRepository(),
        courses=OrmCourseRepository(),
        course_drafts=OrmCourseDraftRepository(),
        course_versions=OrmCourseVersionRepository(),
        assessments=OrmAssessmentRepository(),
        pathways=OrmPathwayRepository(),
        progress=OrmProgressRepository(),
        events=OrmEventRepository(),
        log_state=OrmLogStateRepository(),
        attempts=OrmAttemptRepository(),
        proposals=OrmGradeProposalRepository(),
        reports=OrmReportRepository(),
        learner_grids=OrmLearnerGridRepository(),
        credentials=OrmCredentialRepository(),
        issued_credentials=OrmIssuedCredentialRepository(),
        ai_sessions=OrmAISessionRepository(),
        ai_interactions=OrmAIInteractionRepository(),
        ai_feedback=OrmAIFeedbackRepository(),
        ai_flags=OrmAIFlagRepository(),
        ai_outcomes=OrmAIOutcomeRepository(),
        ai_budgets=OrmAIBudgetRepository(),
        ai_settings=OrmAISettingsRepository(),
        ai_usage=OrmAIUsageRepository(),
        prompt_templates=OrmPromptTemplateRepository(),
        overview=OrmOverviewRepository(),
    )


def memory_repositories(database: InMemoryDatabase) -> Repositories:
    """Repositories on the tables of *database*, which is their unit of work."""
    organizations: MutableMapping[OrganizationId, Organization] = database.table()
    memberships: MutableMapping[tuple[OrganizationId, UserId], OrgMembership] = database.table()
    sessions: MutableMapping[SessionId, Session] = database.table()
    clients: MutableMapping[ClientPk, OAuthClient] = database.table()
    outgoing_events: MutableMapping[int, OutgoingEvent] = database.table()
    webhooks: MutableMapping[WebhookId, Webhook] = database.table()
    cursors: MutableMapping[WebhookId, Cursor] = database.table()
    deliveries: MutableMapping[DeliveryId, Delivery] = database.table()
    users = InMemoryUserRepository(database.table())
    refresh_tokens = InMemoryRefreshTokenRepository(database.table(), sessions)
    events = InMemoryEventRepository(database.table())
    progress = InMemoryProgressRepository(events, database.table())
    attempts = InMemoryAttemptRepository(database.table())
    ai_sessions = InMemoryAISessionRepository(database.table())

    def person(user_id: UserId) -> tuple[str, str]:
        user = users.get(user_id)
        return user.name, user.email

    ai_interactions = InMemoryAIInteractionRepository(ai_sessions, database.table())
    ai_feedback = InMemoryAIFeedbackRepository(database.table())
    ai_flags = InMemoryAIFlagRepository(database.table())
    invitations = InMemoryInvitationRepository(organizations, database.table())
    courses = InMemoryCourseRepository(database.table())
    issued_credentials = InMemoryIssuedCredentialRepository(database.table())
    jobs = InMemoryJobRepository(database.table(), database.table())
    return Repositories(
        users=users,
        verified_emails=InMemoryVerifiedEmailRepository(database.table()),
        jobs=jobs,
        mails=InMemoryOutgoingMailRepository(database.table()),
        second_factors=NoSecondFactors(),
        password_links=NoPasswordLinks(),
        email_links=NoEmailLinks(),
        sign_in_challenges=InMemorySignInChallengeRepository(database.table()),
        sessions=InMemorySessionRepository(
            users, refresh_tokens, InMemoryOpenMemberships(memberships, organizations), sessions
        ),
        browser_sessions=NoBrowserSessions(),
        refresh_tokens=refresh_tokens,
        limits=InMemoryRateLimitRepository(database.table()),
        known_addresses=InMemoryKnownAddressRepository(database.table()),
        clients=InMemoryClientRepository(organizations, clients),
        consents=InMemoryConsentRepository(clients, database.table()),
        authorization_codes=InMemoryAuthorizationCodeRepository(database.table()),
        device_codes=InMemoryDeviceCodeRepository(database.table()),
        pushed_requests=InMemoryPushedRequestRepository(database.table()),
        organizations=InMemoryOrganizationRepository(memberships, organizations),
        memberships=InMemoryMembershipRepository(users, memberships),
        invitations=invitations,
        audit_log=InMemoryAuditLogRepository(database.table(), database.table()),
        anchors=InMemoryAnchorRepository(database.table()),
        outgoing_events=InMemoryOutgoingEventRepository(outgoing_events),
        webhooks=InMemoryWebhookRepository(webhooks, cursors, deliveries),
        webhook_cursors=InMemoryWebhookCursorRepository(
            organizations, webhooks, deliveries, outgoing_events, cursors
        ),
        deliveries=InMemoryDeliveryRepository(deliveries),
        courses=courses,
        course_drafts=InMemoryCourseDraftRepository(database.table()),
        course_versions=InMemoryCourseVersionRepository(database.table()),
        assessments=InMemoryAssessmentRepository(database.table()),
        pathways=InMemoryPathwayRepository(database.table()),
        progress=progress,
        events=events,
        log_state=InMemoryLogStateRepository(events, progress),
        attempts=attempts,
        proposals=InMemoryGradeProposalRepository(database.table()),
        reports=InMemoryReportRepository(progress, attempts),
        learner_grids=InMemoryLearnerGridRepository(progress, attempts, person),
        credentials=InMemoryCredentialRepository(database.table()),
        issued_credentials=issued_credentials,
        ai_sessions=ai_sessions,
        ai_interactions=ai_interactions,
        ai_feedback=ai_feedback,
        ai_flags=ai_flags,
        ai_outcomes=InMemoryAIOutcomeRepository(
            ai_interactions, progress, attempts, ai_feedback, ai_flags
        ),
        ai_budgets=InMemoryAIBudgetRepository(database.table(), database.table()),
        ai_settings=InMemoryAISettingsRepository(database.table()),
        ai_usage=InMemoryAIUsageRepository(ai_interactions),
        prompt_templates=InMemoryPromptTemplateRepository(database.table()),
        overview=InMemoryOverviewRepository(
            organizations=organizations,
            invitations=invitations.store,
            clients=clients,
            webhooks=webhooks,
            jobs=jobs.store,
            attempts=attempts.store,
            flags=ai_flags.store,
            courses=courses.store,
            progress=progress.store,
            issued=issued_credentials.store,
        ),
    )
