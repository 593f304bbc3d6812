"""Rules for every admin page, tried on an application with data of every kind."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR, Authentication, OrgRole, SessionId, UserId
from accounts.domain.identity.entities.second_factors import SignInChallenge
from accounts.domain.identity.entities.users import User as UserEntity
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.integrations.entities.webhooks import WebhookTerms
from accounts.domain.oauth.entities.authorizations import Permission
from accounts.models import (
    AuthorizationCode,
    DeviceCode,
    IdempotencyRecord,
    Invitation,
    PreAuthorizedCode,
    PushedRequest,
    RefreshToken,
    User,
)
from accounts.models import OAuthClient as ClientRow
from accounts.models import SignInChallenge as SignInChallengeRow
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.models import CredentialClaim, UserCredential
from progress.domain.ai.entities.budgets import Spending
from progress.domain.ai.services.settings import AIDecisions
from tests.support.ai import has_flag
from tests.support.application import PASSWORD, Application
from tests.support.builders import NOON, a_principal, some_client_terms
from tests.support.claims import stored_claim
from tests.support.learning import a_published_course
from tests.support.pathways import a_definition_with_exams as pathway_on_paper
from tests.support.pathways import a_published_pathway, a_stage
from tests.support.prompts import a_prompt_version
from tests.support.proposals import a_proposal
from tests.support.staff import (
    USERS,
    Staff,
    StaffAtViews,
    StaffBrowser,
    a_holder,
    an_examined,
    at_views,
    keys_of,
    lists,
    root_browser,
    statements_are_repeatable,
)
from tests.support.webhooks import a_delivery

pytestmark = pytest.mark.database

SECRET = "a-secret-of-somebody-who-signs-in-at-a-client"
FORBIDDEN = ("<style", ' style="', "<script>", 'src="http')
"""What loads something from elsewhere, or runs inline, against the content security policy."""
NAMED_BY_HASHES = (
    "accounts/refreshtoken/",
    "accounts/signinchallenge/",
    "accounts/authorizationcode/",
    "accounts/devicecode/",
    "accounts/pushedrequest/",
    "accounts/preauthorizedcode/",
)


def fill(application: Application, root: StaffBrowser, *, times: int) -> None:
    """Create data: every act so many times."""
    for number in range(times):
        anna, course = a_holder(application)
        address = f"192.0.2.{number}"
        session = application.services.sign_in.log_in(
            email=anna.email, password=PASSWORD, client_ip=address
        )
        application.services.limits.count(LimitName.REGISTER, address)
        application.stranger.token = session.access_token
        path, key = f"/v1/courses/{course.slug}/enroll", f"enrol-{number}-{anna.id}"
        application.stranger.post(path, Idempotency_Key=key)
        teach(application, anna.id)
        talk(application, anna)
        attempt = an_examined(application, anna)
        application.services.repositories.proposals.add([a_proposal(attempt)], scope=ALL_TENANTS)
        way = pathway_on_paper(a_stage(course.slug), slug=f"way-{anna.id}")
        a_published_pathway(application.services, way)
        root.act("accounts/user/", "deactivate", anna.id, reason="Creating test data.")
        # Afterwards, because codes and challenges end with the sessions of their user.
        authorize_client(application, anna.id)
        hand_on(application, anna)
        challenge = SignInChallenge(hash=uuid4().hex * 2, user_id=anna.id, expires_at=NOON)
        application.services.repositories.sign_in_challenges.add(challenge)
        application.services.anchors.make(by=OPERATOR)
        a_prompt_version(application.services, name=f"prompt-{anna.id}")


def filled(application: Application, *, times: int) -> StaffBrowser:
    """A browser of an administrator, with rows of every kind to look at."""
    root = root_browser(application)
    fill(application, root, times=times)
    return root


def authorize_client(application: Application, user_id: UserId) -> None:
    """Let a client and a user do everything that they can do together."""
    client = application.services.clients.register(some_client_terms(), by=OPERATOR).client
    application.services.authorizations.consent(client, user_id=user_id, scopes=["openid"])
    application.services.authorizations.issue_code(
        client,
        Permission(user_id=user_id, scopes=frozenset({"openid"}), nonce=SECRET),
        authentication=Authentication(at=NOON, methods=("pwd",), browser_id=SessionId(uuid4())),
        redirect_uri="https://app.example/callback",
        code_challenge=SECRET,
    )
    application.services.devices.start(client, scopes=["openid"])
    application.services.pushed_requests.push(client, {"state": SECRET})


def hand_on(application: Application, holder: UserEntity) -> None:
    """Offer the credential of the holder to a wallet, and to somebody else by e-mail."""
    issued = UserCredential.objects.get(user_id=holder.id)
    application.services.pre_authorized_codes.issue(
        issued.pk, configuration_id="open-badge-badge", by=a_principal(holder)
    )
    stored_claim(
        application.services,
        str(issued.credential_id),
        email="dee@school.example",
        token=str(issued.pk),
    )


def teach(application: Application, user_id: UserId) -> None:
    """Create an organization with data of every kind."""
    organization = application.services.organizations.create(
        name="School of Knots", slug=f"k-{user_id}", owner_id=user_id, by=OPERATOR
    )
    application.services.invitations.invite(
        organization.id, email="cleo@school.example", role=OrgRole.LEARNER, by=OPERATOR
    )
    terms = WebhookTerms(url="http://127.0.0.1:9/")
    webhook = application.services.webhooks.create(organization.id, terms, by=OPERATOR).webhook
    application.services.repositories.deliveries.add([a_delivery(webhook)])
    application.services.service_clients.register(
        organization.id,
        name="Timetable",
        scopes=["courses:read"],
        expires_at=application.services.ports.clock.now() + timedelta(days=30),
        by=OPERATOR,
    )


def talk(application: Application, user: UserEntity) -> None:
    """Create an AI session with a flagged answer, a running call, and settings."""
    services, anna = application.services, a_principal(user)
    session = has_flag(services, anna, SECRET)
    services.ai_budgets.reserve(session, Spending(tokens=100))
    course = a_published_course(services)
    services.ai_settings.decide_for_course(course.slug, AIDecisions(), by=OPERATOR)


def pages() -> Iterator[str]:
    """Every list, every row and the history of each."""
    for row, path in lists().items():
        yield path
        for key in keys_of(row):
            yield f"{path}{key}/change/"
            yield f"{path}{key}/history/"


def secrets() -> Iterator[str]:
    yield PASSWORD
    for user in User.objects.all():
        yield user.password
    for token in RefreshToken.objects.all():
        yield token.hash
    for entry in IdempotencyRecord.objects.all():
        yield from (entry.body, entry.fingerprint)
    for client in ClientRow.objects.all():
        yield client.secret_hash
    for invitation in Invitation.objects.all():
        yield invitation.token_hash
    for row in (
        AuthorizationCode,
        DeviceCode,
        PushedRequest,
        PreAuthorizedCode,
        SignInChallengeRow,
    ):
        yield from keys_of(row)
    for code in PreAuthorizedCode.objects.all():
        yield code.pin_hash
    for claim in CredentialClaim.objects.all():
        yield claim.token_hash
    for device in DeviceCode.objects.all():
        yield device.user_code_hash
    yield SECRET


@at_views
def test_every_row_is_shown_and_no_secret_nor_inline_script_is(
    application: Application, at: Callable[[UUID], Staff]
) -> None:
    root = at(filled(application, times=1).id)
    hidden = set(secrets())

    assert [row for row in lists() if not keys_of(row)] == []
    for path in pages():
        page = root.get(path)

        is_of_hash = path.startswith(NAMED_BY_HASHES) and path not in NAMED_BY_HASHES
        assert page.status == (403 if is_of_hash else 200), path
        assert not [secret for secret in hidden if secret in page.text], path
        assert not [part for part in FORBIDDEN if part in page.text], path


@pytest.mark.postgres
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements_are_repeatable(monkeypatch)
    browser = filled(application, times=1)
    root = StaffAtViews(browser.id)
    root.get(USERS)  # reads what later requests have in a cache: permissions and the navigation
    few = _queries(root)

    fill(application, browser, times=1)

    assert _queries(root) == few


@pytest.mark.postgres
def test_every_list_can_be_filtered_searched_and_sorted(application: Application) -> None:
    root = StaffAtViews(filled(application, times=1).id)

    for row, path in lists().items():
        filters = _filters(root.get(path).text)
        columns = range(1, len(admin.site.get_model_admin(row).list_display) + 1)
        sorting = {"q": "anna", "o": ".".join(map(str, columns))}
        for query in (*filters, sorting):
            page = root.get(f"{path}?{urlencode(query)}")

            assert page.status == 200, f"{page.path}: Django redirects if it does not understand"


def _filters(text: str) -> Iterator[dict[str, str]]:
    """The first and the last values of all links and filters of a list."""
    values: dict[str, list[str]] = {}
    for link in re.findall(r'<a href="\?([^"]*)"', text):
        for name, value in parse_qsl(unescape(link)):
            values.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select name="(\w+)" id="filter-.*?>(.*?)</select>', text):
        values.setdefault(name, []).extend(map(unescape, re.findall(r'value="([^"]+)"', options)))
    first, last = (
        {name: offered[index] for name, offered in values.items() if offered} for index in (0, -1)
    )
    yield from [first] if first else []
    yield from [last] if last != first else []


def test_no_form_can_be_sent_from_elsewhere(application: Application) -> None:
    anna, _ = a_holder(application)
    root = root_browser(application)
    root.client.handler = Client(enforce_csrf_checks=True).handler

    for path in ("accounts/user/", f"accounts/user/{anna.id}/password/", "password_change/"):
        assert root.post(path).status == 403


def _queries(root: StaffAtViews) -> dict[str, int]:
    """How many queries each list takes."""
    counts: dict[str, int] = {}
    for path in lists().values():
        with CaptureQueriesContext(connection) as queries:
            root.get(path)
        counts[path] = len(queries)
    return counts


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/user/?password=x",
        "accounts/user/?groups__name__startswith=A",
        "accounts/orgmembership/?user__password__startswith=a",
        "accounts/invitation/?token_hash__startswith=a",
        "accounts/oauthclient/?secret_hash__startswith=a",
        "accounts/oauthclient/?redirect_uris__contains=x",
        "accounts/organization/?name__startswith=S",
        "accounts/organization/?created_at__year=2026",
    ],
)
def test_only_columns_with_a_filter_can_be_used_in_lookups(
    application: Application, query: str
) -> None:
    assert root_browser(application).get(query).status == 400
