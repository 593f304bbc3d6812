"""Ten browsers with one code: it signs in one of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connections

from accounts.adapters.second_factors import redeem_code
from accounts.models import User as UserRow
from tests.support.builders import a_user
from tests.support.totp import code_of
from tests.support.worlds import orm_world

pytestmark = pytest.mark.postgres


@pytest.fixture
def owner(committing: None) -> Iterator[UserRow]:
    user = a_user()
    orm_world().repositories.users.add(user)
    row = UserRow.objects.get(pk=user.id)
    yield row
    row.delete()


def tried_by_ten(attempt: Callable[[], bool]) -> list[bool]:
    """The outcomes of ten simultaneous attempts, failures first."""
    barrier = Barrier(10)

    def tried() -> bool:
        barrier.wait()
        try:
            return attempt()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        return sorted(future.result() for future in [threads.submit(tried) for _ in range(10)])


def test_a_code_of_an_app_is_used_up_by_one(owner: UserRow) -> None:
    key = generate_totp_secret()
    app, code = TOTP.activate(owner, key).instance, code_of(key)

    assert tried_by_ten(lambda: redeem_code(app, code)) == [False] * 9 + [True]


def test_a_recovery_code_is_used_up_by_one(owner: UserRow) -> None:
    codes = RecoveryCodes.activate(owner).instance
    code = codes.wrap().get_unused_codes()[3]

    def tried() -> bool:
        return bool(Authenticator.objects.get(pk=codes.pk).wrap().validate_code(code))

    assert tried_by_ten(tried) == [False] * 9 + [True]
