"""Passwords on their way in."""

from dataclasses import dataclass

from accounts.domain.errors import UnsuitablePassword
from accounts.domain.ports import PasswordHasher, PasswordPolicy
from authsvc.kernel.errors import Complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """The policy and the hasher, so that no new password gets past the one to the other."""

    policy: PasswordPolicy
    hasher: PasswordHasher

    def hash_of_new(self, password: str, *, member: str = "password") -> str:
        """The hash to keep. Raises UnsuitablePassword, which complains about this *member* of the request."""
        complaints = self.policy.complaints(password)
        if complaints:
            raise UnsuitablePassword(*(Complaint(path=member, detail=text) for text in complaints))
        return self.hasher.hash(password)
