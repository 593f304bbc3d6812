"""Tenant scope: the organizations that a call may see, an argument of every repository with tenant data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar
from uuid import UUID


class Owned(Protocol):
    """What belongs to an organization, or to the platform if `org_id` is None."""

    @property
    def org_id(self) -> UUID | None: ...


Entity = TypeVar("Entity", bound=Owned)


class OutsideTenantScope(LookupError):
    """A write outside of the scope: a defect in a service, not an error of the caller."""


@dataclass(frozen=True, slots=True)
class TenantScope:
    """The resources of the platform itself and of the organizations with these ids."""

    organizations: frozenset[UUID] = frozenset()

    @classmethod
    def into(cls, *org_ids: UUID | None) -> "TenantScope":
        """The platform and these organizations; None stands for the platform."""
        return cls(frozenset(org_id for org_id in org_ids if org_id is not None))

    @property
    def is_all_tenants(self) -> bool:
        return False

    def covers(self, org_id: UUID | None) -> bool:
        """Whether resources of this organization, or of the platform if None, are in scope."""
        return org_id is None or org_id in self.organizations

    def among(self, entities: Iterable[Entity]) -> Iterator[Entity]:
        """Those of the entities that are in scope."""
        return (entity for entity in entities if self.covers(entity.org_id))

    def require(self, org_id: UUID | None) -> None:
        """Raise OutsideTenantScope unless resources of this organization may be written."""
        if not self.covers(org_id):
            raise OutsideTenantScope(org_id)


@dataclass(frozen=True, slots=True)
class _AllTenants(TenantScope):
    @property
    def is_all_tenants(self) -> bool:
        return True

    def covers(self, org_id: UUID | None) -> bool:
        return True


ALL_TENANTS: Final[TenantScope] = _AllTenants()
"""All organizations: the scope of a principal who may manage them all. Services take it from the principal."""
