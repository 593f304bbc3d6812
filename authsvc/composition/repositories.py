"""Repository sets: one repository of each kind, all on the same store."""

from dataclasses import dataclass

from accounts.domain.audit.repositories.protocols import AnchorRepository, AuditLogRepository
from accounts.domain.identity.ports import BrowserSessions, EmailLinks, PasswordLinks, SecondFactors
from accounts.domain.identity.repositories.protocols import (
    KnownAddressRepository,
    LastSeenTimes,
    RateLimitRepository,
    RefreshTokenRepository,
    SessionRepository,
    SignInChallengeRepository,
    SignInRecordRepository,
    UserRepository,
    VerifiedEmailRepository,
)
from accounts.domain.integrations.repositories.protocols import (
    DeliveryRepository,
    WebhookCursorRepository,
    WebhookRepository,
)
from accounts.domain.mail.repositories.protocols import OutgoingMailRepository
from accounts.domain.oauth.repositories.protocols import (
    AuthorizationCodeRepository,
    ClientRepository,
    ConsentRepository,
    DeviceCodeRepository,
    PreAuthorizedCodeRepository,
    PushedRequestRepository,
)
from accounts.domain.organizations.repositories.protocols import (
    InvitationRepository,
    MembershipRepository,
    OrganizationRepository,
)
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.overview.repositories.protocols import OverviewRepository
from courses.domain.repositories.protocols.courses import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)
from courses.domain.repositories.protocols.pathways import PathwayRepository
from credentials.domain.repositories.protocols.claims import ClaimRepository
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.repositories.protocols.issuer_keys import IssuerKeyRepository
from credentials.domain.repositories.protocols.signed import (
    SignedCredentialRepository,
    StatusListRepository,
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
    sign_in_records: SignInRecordRepository
    sessions: SessionRepository
    browser_sessions: BrowserSessions
    last_seen: LastSeenTimes
    refresh_tokens: RefreshTokenRepository
    limits: RateLimitRepository
    known_addresses: KnownAddressRepository
    clients: ClientRepository
    consents: ConsentRepository
    authorization_codes: AuthorizationCodeRepository
    device_codes: DeviceCodeRepository
    pushed_requests: PushedRequestRepository
    pre_authorized_codes: PreAuthorizedCodeRepository
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
    issuer_keys: IssuerKeyRepository
    signed_credentials: SignedCredentialRepository
    status_lists: StatusListRepository
    claims: ClaimRepository
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
