"""Tenant scope: the organizations that a call may see, an argument of every repository with tenant data."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


class OutOfReach(LookupError):
    """A write outside of the scope: a defect in a service, not an error of the caller."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The resources of the platform itself and of the organizations with these ids."""

    organizations: frozenset[UUID] = frozenset()

    @classmethod
    def into(cls, *org_ids: UUID | None) -> "Reach":
        """The platform and these organizations; None stands for the platform."""
        return cls(frozenset(org_id for org_id in org_ids if org_id is not None))

    @property
    def is_everywhere(self) -> bool:
        return False

    def covers(self, org_id: UUID | None) -> bool:
        """Whether resources of this organization, or of the platform if None, are in scope."""
        return org_id is None or org_id in self.organizations

    def require(self, org_id: UUID | None) -> None:
        """Raise OutOfReach unless resources of this organization may be written."""
        if not self.covers(org_id):
            raise OutOfReach(org_id)


@dataclass(frozen=True, slots=True)
class _Everywhere(Reach):
    @property
    def is_everywhere(self) -> bool:
        return True

    def covers(self, org_id: UUID | None) -> bool:
        return True


EVERYWHERE: Final[Reach] = _Everywhere()
"""All organizations: the scope of a principal who may manage them all. Services take it from the principal."""
