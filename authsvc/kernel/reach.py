"""Whose view this is: what every repository is told that holds things of organizations."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


class OutOfReach(LookupError):
    """A service has tried to write behind a wall: a defect of ours, not a refusal."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The things of the platform itself, and those of the organizations with these ids."""

    organizations: frozenset[UUID] = frozenset()

    @classmethod
    def into(cls, *org_ids: UUID | None) -> "Reach":
        """The platform, and these organizations; None stands for the platform."""
        return cls(frozenset(org_id for org_id in org_ids if org_id is not None))

    @property
    def is_everywhere(self) -> bool:
        return False

    def covers(self, org_id: UUID | None) -> bool:
        """Whether a thing of this organization, or of the platform if there is none, is in view."""
        return org_id is None or org_id in self.organizations

    def require(self, org_id: UUID | None) -> None:
        """Raises OutOfReach unless a thing of this organization may be written."""
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
"""All organizations. A principal who may manage them all has this view; nobody takes it from here but he."""
