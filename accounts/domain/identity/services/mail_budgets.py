"""Mail budgets: how much mail people and organizations cause, and addresses receive, within a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.identity.errors import MailBudgetSpent
from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import RateLimitRepository
from accounts.domain.identity.services.login_attempts import LimitName, LimitPolicy
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message, Outbox
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.clock import Clock
from authsvc.kernel.rate_limits import LimitState
from authsvc.kernel.unit_of_work import UnitOfWork

_NOTICES: Final = frozenset({MailKind.NOTE, MailKind.IMPERSONATION, MailKind.WEBHOOK_PAUSED})


class Cause(StrEnum):
    """Causes of mail to an address. Each has its own budget, so that mail by others blocks no password link."""

    OTHERS = "others"
    RECIPIENT = "recipient"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBudgets:
    """The only way to queue mail. What is refused or rolled back is not counted."""

    limits: RateLimitRepository
    outbox: Outbox
    opaque_tokens: OpaqueTokens
    policy: LimitPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def queue(
        self, messages: Sequence[Message], *, by: Principal, org_id: OrganizationId | None = None
    ) -> None:
        """Queue messages to others. Platform admins have budgets by recipient only. Raises MailBudgetSpent."""
        amount = len(messages)
        with self.unit_of_work.atomic():
            # Everyone locks the counters in the same order, so nobody waits for each other.
            if amount and not by.may(Right.MANAGE_ORGANIZATIONS):
                self._spend(LimitName.MAIL_BY_PERSON, by.identity, amount=amount)
                if org_id is not None:
                    self._spend(LimitName.MAIL_BY_ORGANIZATION, str(org_id), amount=amount)
            self._spend_each(Counter(message.recipient.lower() for message in messages))
            self.outbox.queue(messages)

    def queue_own(self, message: Message) -> None:
        """Queue a message that its recipient has caused, or that the service sends. Raises MailBudgetSpent."""
        cause = Cause.NOTICE if message.kind in _NOTICES else Cause.RECIPIENT
        with self.unit_of_work.atomic():
            self._spend(LimitName.MAIL_TO_ADDRESS, cause, message.recipient.lower())
            self.outbox.queue([message])

    def _spend_each(self, recipients: Mapping[str, int]) -> None:
        """Spend a message to each recipient, as often as it is stated. Raises MailBudgetSpent."""
        limit, at = self.policy.limit(LimitName.MAIL_TO_ADDRESS), self.clock.now()
        remaining = dict(recipients)
        while remaining:
            keys = [
                self._key(LimitName.MAIL_TO_ADDRESS, Cause.OTHERS, recipient)
                for recipient in remaining
            ]
            for state in self.limits.count_each(keys, limit, at=at).values():
                self._require(state, LimitName.MAIL_TO_ADDRESS)
            remaining = {
                recipient: count - 1 for recipient, count in remaining.items() if count > 1
            }

    def _key(self, name: LimitName, *subject: str) -> str:
        return self.opaque_tokens.hash(canonical_json([name, *subject]).decode())

    def _require(self, state: LimitState, name: LimitName) -> None:
        """Raises MailBudgetSpent."""
        if not state.is_allowed:
            raise MailBudgetSpent(
                limit=name.value,
                most=state.limit.most,
                retry_after=state.forgotten_in_seconds,
            )

    def _spend(self, name: LimitName, *subject: str, amount: int = 1) -> None:
        """Raises MailBudgetSpent."""
        limit = self.policy.limit(name)
        key = self._key(name, *subject)
        self._require(self.limits.count(key, limit, at=self.clock.now(), amount=amount), name)
