"""Repositories in memory."""

from collections.abc import MutableMapping
from uuid import UUID

from accounts.domain.access import ClientPk, OrganizationId, SessionId, UserId
from accounts.domain.audit.repositories.memory import (
    InMemoryAnchorRepository,
    InMemoryAuditLogRepository,
)
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.repositories.memory.limits import (
    InMemoryKnownAddressRepository,
    InMemoryRateLimitRepository,
)
from accounts.domain.identity.repositories.memory.sessions import (
    InMemoryRefreshTokenRepository,
    InMemorySessionRepository,
    InMemorySignInChallengeRepository,
    NoBrowserSessions,
    NoSecondFactors,
)
from accounts.domain.identity.repositories.memory.sign_in_records import (
    InMemorySignInRecordRepository,
)
from accounts.domain.identity.repositories.memory.users import (
    InMemoryUserRepository,
    InMemoryVerifiedEmailRepository,
    NoEmailLinks,
    NoLastSeen,
    NoPasswordLinks,
)
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.repositories.memory import (
    Cursor,
    InMemoryDeliveryRepository,
    InMemoryWebhookCursorRepository,
    InMemoryWebhookRepository,
)
from accounts.domain.mail.repositories.memory import InMemoryOutgoingMailRepository
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.repositories.memory import (
    InMemoryAuthorizationCodeRepository,
    InMemoryClientRepository,
    InMemoryConsentRepository,
    InMemoryDeviceCodeRepository,
    InMemoryPreAuthorizedCodeRepository,
    InMemoryPushedRequestRepository,
)
from accounts.domain.organizations.entities import Organization, OrgMembership
from accounts.domain.organizations.repositories.memory import (
    InMemoryInvitationRepository,
    InMemoryMembershipRepository,
    InMemoryOpenMemberships,
    InMemoryOrganizationRepository,
)
from authsvc.composition.repositories import Repositories
from authsvc.events.entities import OutgoingEvent
from authsvc.events.repositories.memory import InMemoryOutgoingEventRepository
from authsvc.jobs.repositories.memory import InMemoryJobRepository
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.overview.repositories.memory import InMemoryOverviewRepository
from courses.domain.repositories.memory.courses import (
    InMemoryAssessmentRepository,
    InMemoryCourseDraftRepository,
    InMemoryCourseRepository,
    InMemoryCourseVersionRepository,
)
from courses.domain.repositories.memory.pathways import InMemoryPathwayRepository
from credentials.domain.entities.signed import StatusList
from credentials.domain.repositories.memory.claims import InMemoryClaimRepository
from credentials.domain.repositories.memory.credentials import InMemoryCredentialRepository
from credentials.domain.repositories.memory.issued_credentials import (
    InMemoryIssuedCredentialRepository,
)
from credentials.domain.repositories.memory.issuer_keys import InMemoryIssuerKeyRepository
from credentials.domain.repositories.memory.signed import (
    InMemorySignedCredentialRepository,
    InMemoryStatusListRepository,
)
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
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.grids import InMemoryLearnerGridRepository
from progress.domain.repositories.memory.log_state import InMemoryLogStateRepository
from progress.domain.repositories.memory.progress import (
    InMemoryEventRepository,
    InMemoryProgressRepository,
)
from progress.domain.repositories.memory.proposals import InMemoryGradeProposalRepository
from progress.domain.repositories.memory.reports import InMemoryReportRepository


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
    sign_in_records = InMemorySignInRecordRepository(database.table())
    events = InMemoryEventRepository(database.table())
    progress = InMemoryProgressRepository(events, database.table())
    attempts = InMemoryAttemptRepository(database.table())
    ai_sessions = InMemoryAISessionRepository(database.table())
    ai_interactions = InMemoryAIInteractionRepository(ai_sessions, database.table())
    ai_feedback = InMemoryAIFeedbackRepository(database.table())
    ai_flags = InMemoryAIFlagRepository(database.table())
    invitations = InMemoryInvitationRepository(organizations, database.table())
    courses = InMemoryCourseRepository(database.table())
    issued_credentials = InMemoryIssuedCredentialRepository(database.table())
    issuer_keys = InMemoryIssuerKeyRepository(organizations, database.table())
    status_lists: MutableMapping[UUID, StatusList] = database.table()
    signed = InMemorySignedCredentialRepository(
        issued_credentials, issuer_keys, status_lists, database.table()
    )
    jobs = InMemoryJobRepository(database.table(), database.table())

    def person(user_id: UserId) -> tuple[str, str]:
        user = users.get(user_id)
        return user.name, user.email

    return Repositories(
        users=users,
        verified_emails=InMemoryVerifiedEmailRepository(database.table()),
        jobs=jobs,
        mails=InMemoryOutgoingMailRepository(database.table()),
        second_factors=NoSecondFactors(),
        password_links=NoPasswordLinks(),
        email_links=NoEmailLinks(),
        sign_in_challenges=InMemorySignInChallengeRepository(database.table()),
        sign_in_records=sign_in_records,
        sessions=InMemorySessionRepository(
            users, refresh_tokens, InMemoryOpenMemberships(memberships, organizations), sessions
        ),
        browser_sessions=NoBrowserSessions(),
        last_seen=NoLastSeen(),
        refresh_tokens=refresh_tokens,
        limits=InMemoryRateLimitRepository(database.table()),
        known_addresses=InMemoryKnownAddressRepository(database.table()),
        clients=InMemoryClientRepository(organizations, clients),
        consents=InMemoryConsentRepository(clients, database.table()),
        authorization_codes=InMemoryAuthorizationCodeRepository(database.table()),
        device_codes=InMemoryDeviceCodeRepository(database.table()),
        pushed_requests=InMemoryPushedRequestRepository(database.table()),
        pre_authorized_codes=InMemoryPreAuthorizedCodeRepository(database.table()),
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
        credentials=InMemoryCredentialRepository(database.table(), database.table()),
        issued_credentials=issued_credentials,
        issuer_keys=issuer_keys,
        signed_credentials=signed,
        status_lists=InMemoryStatusListRepository(signed, issued_credentials, status_lists),
        claims=InMemoryClaimRepository(organizations, database.table()),
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
            sign_in_records=sign_in_records.store,
            ai_sessions=ai_sessions.store,
            ai_interactions=ai_interactions.store,
        ),
    )
