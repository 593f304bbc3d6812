"""Deliveries of log-out notices at once: each notice is claimed by one of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Barrier, Lock
from typing import Final

import pytest
from django.db import connections

from accounts import models as rows
from accounts.domain.access import OPERATOR
from accounts.domain.oauth.services.logouts import BATCH_SIZE, LogoutService
from tests.accounts.granting import a_notice
from tests.concurrency.test_organizations import empty_the_log
from tests.support.builders import a_user, some_client_terms
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.postgres

DELIVERIES: Final = 4


@dataclass
class Receiver:
    """A sender that succeeds, and records to whom it sent."""

    users: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def send(self, uri: str, *, logout_token: str) -> bool:
        with self._lock:
            self.users.append(logout_token)
        return True


@pytest.fixture
def notices(committing: None) -> Iterator[World]:
    """A committed world with as many notices as all deliveries together can claim; it is deleted afterwards."""
    world = orm_world()
    user = a_user()
    world.repositories.users.add(user)
    terms = some_client_terms(backchannel_logout_uri="https://app.example/ended")
    client = world.services.clients.register(terms, by=OPERATOR).client
    for _ in range(DELIVERIES * BATCH_SIZE):
        world.repositories.logout_notices.add(a_notice(client, user))
    yield world
    rows.LogoutNotice.objects.all().delete()
    rows.OAuthClient.objects.filter(pk=client.id).delete()
    rows.User.objects.filter(pk=user.id).delete()
    empty_the_log()
    rows.AuditHead.objects.all().delete()


def test_concurrent_deliveries_send_each_notice_once(notices: World) -> None:
    receiver, begin = Receiver(), Barrier(DELIVERIES)
    logouts: LogoutService = replace(notices.services.logouts, sender=receiver)

    def deliver(_: int) -> int:
        begin.wait()
        try:
            return logouts.deliver()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(DELIVERIES) as pool:
        delivered = list(pool.map(deliver, range(DELIVERIES)))

    assert sum(delivered) == len(receiver.users) == DELIVERIES * BATCH_SIZE
    assert not rows.LogoutNotice.objects.exists()
