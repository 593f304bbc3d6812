"""Repositories on a database."""

from accounts.adapters.email_links import SignedEmailLinks
from accounts.adapters.second_factors import AllauthSecondFactors
from accounts.domain.audit.repositories.orm import OrmAnchorRepository, OrmAuditLogRepository
from accounts.domain.identity.repositories.orm import browsers as orm_browsers
from accounts.domain.identity.repositories.orm import limits as orm_limits
from accounts.domain.identity.repositories.orm import sessions as orm_sessions
from accounts.domain.identity.repositories.orm import users as orm_users
from accounts.domain.identity.repositories.orm.last_seen import OrmLastSeen
from accounts.domain.identity.repositories.orm.sign_in_records import OrmSignInRecordRepository
from accounts.domain.integrations.repositories.orm import (
    OrmDeliveryRepository,
    OrmWebhookCursorRepository,
    OrmWebhookRepository,
)
from accounts.domain.mail.repositories.orm import OrmOutgoingMailRepository
from accounts.domain.oauth.repositories.orm.clients import (
    OrmClientRepository,
    OrmConsentRepository,
)
from accounts.domain.oauth.repositories.orm.codes import (
    OrmAuthorizationCodeRepository,
    OrmDeviceCodeRepository,
    OrmPreAuthorizedCodeRepository,
    OrmPushedRequestRepository,
)
from accounts.domain.organizations.repositories.orm import (
    OrmInvitationRepository,
    OrmMembershipRepository,
    OrmOrganizationRepository,
)
from authsvc.composition.repositories import Repositories
from authsvc.events.repositories.orm import OrmOutgoingEventRepository
from authsvc.jobs.repositories.orm import OrmJobRepository
from authsvc.overview.repositories.orm import OrmOverviewRepository
from courses.domain.repositories.orm.courses import (
    OrmAssessmentRepository,
    OrmCourseDraftRepository,
    OrmCourseRepository,
    OrmCourseVersionRepository,
)
from courses.domain.repositories.orm.pathways import OrmPathwayRepository
from credentials.domain.repositories.orm.claims import OrmClaimRepository
from credentials.domain.repositories.orm.credentials import OrmCredentialRepository
from credentials.domain.repositories.orm.issued_credentials import OrmIssuedCredentialRepository
from credentials.domain.repositories.orm.issuer_keys import OrmIssuerKeyRepository
from credentials.domain.repositories.orm.signed import (
    OrmSignedCredentialRepository,
    OrmStatusListRepository,
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
from progress.domain.repositories.orm.attempts import OrmAttemptRepository
from progress.domain.repositories.orm.grids import OrmLearnerGridRepository
from progress.domain.repositories.orm.log_state import OrmLogStateRepository
from progress.domain.repositories.orm.progress import OrmEventRepository, OrmProgressRepository
from progress.domain.repositories.orm.proposals import OrmGradeProposalRepository
from progress.domain.repositories.orm.reports import OrmReportRepository


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
        sign_in_records=OrmSignInRecordRepository(),
        sessions=orm_sessions.OrmSessionRepository(),
        browser_sessions=orm_browsers.OrmBrowserSessions(),
        last_seen=OrmLastSeen(),
        refresh_tokens=orm_sessions.OrmRefreshTokenRepository(),
        limits=orm_limits.OrmRateLimitRepository(),
        known_addresses=orm_limits.OrmKnownAddressRepository(),
        clients=OrmClientRepository(),
        consents=OrmConsentRepository(),
        authorization_codes=OrmAuthorizationCodeRepository(),
        device_codes=OrmDeviceCodeRepository(),
        pushed_requests=OrmPushedRequestRepository(),
        pre_authorized_codes=OrmPreAuthorizedCodeRepository(),
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
        issuer_keys=OrmIssuerKeyRepository(),
        signed_credentials=OrmSignedCredentialRepository(),
        status_lists=OrmStatusListRepository(),
        claims=OrmClaimRepository(),
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
