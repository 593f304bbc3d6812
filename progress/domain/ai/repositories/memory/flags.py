"""Flags on AI interactions in memory."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace

from accounts.public import UserId
from authsvc.kernel.tenancy import TenantScope
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId
from progress.domain.ai.errors import AIFlagNotFound


@dataclass(frozen=True, slots=True)
class InMemoryAIFlagRepository:
    store: MutableMapping[AIFlagId, AIFlag] = field(default_factory=dict)

    def open(self, flag: AIFlag, *, scope: TenantScope) -> None:
        scope.require(flag.org_id)
        for stored in self.store.values():
            is_same = (stored.interaction_id, stored.user_id) == (flag.interaction_id, flag.user_id)
            if stored.is_open and is_same:
                self.store[stored.id] = replace(stored, comment=flag.comment)
                return
        self.store[flag.id] = flag

    def get_for_update(self, flag_id: AIFlagId, *, scope: TenantScope) -> AIFlag:
        flag = self.store.get(flag_id)
        if flag is None or not scope.covers(flag.org_id):
            raise AIFlagNotFound
        return flag

    def save(self, flag: AIFlag, *, scope: TenantScope) -> None:
        scope.require(flag.org_id)
        self.store[flag.id] = flag

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        commented = [
            flag
            for flag in scope.among(self.store.values())
            if flag.user_id == user_id and flag.comment
        ]
        for flag in commented:
            self.store[flag.id] = replace(flag, comment="")
        return len(commented)
