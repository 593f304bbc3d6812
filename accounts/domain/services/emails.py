"""Whose an e-mail address is."""

from dataclasses import dataclass

from accounts.domain.entities import UserId
from accounts.domain.repositories.protocols import UserRepository, VerifiedEmailRepository
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailService:
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    unit_of_work: UnitOfWork

    def verified(self, user_id: UserId) -> str | None:
        """The user's address, if he has shown that it is his. Raises UserNotFound."""
        email = self.users.get(user_id).email
        return email if self.verified_emails.find(user_id) == email else None

    def verify(self, user_id: UserId, *, email: str) -> None:
        """Take the address for the user's, because he has followed the link that was mailed there.

        It is his address from now on, should it have been another one. Raises UserNotFound, EmailTaken.
        """
        address = email.lower()
        with self.unit_of_work.atomic():
            if self.users.get_for_update(user_id).email != address:
                self.users.move(user_id, email=address)
            self.verified_emails.save(user_id, email=address)
