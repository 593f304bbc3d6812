"""My credentials: what was issued to a user, and where others can verify it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.views.generic import TemplateView

from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.actors import person_of
from authsvc.kernel.paging import all_items
from credentials.domain.entities.credentials import IssuedCredentialStatus, Verification

WORDS: Final[Mapping[IssuedCredentialStatus, str]] = {
    IssuedCredentialStatus.ISSUED: "Valid",
    IssuedCredentialStatus.REVOKED: "Revoked",
    IssuedCredentialStatus.EXPIRED: "Expired",
    IssuedCredentialStatus.ALTERED: "Not authentic",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential:
    """An issued credential as its holder sees it. At `url` everybody can verify it."""

    name: str
    issuer: str
    issued_at: datetime
    expires_at: datetime | None
    status: str
    is_valid: bool
    url: str

    @property
    def address(self) -> str:
        """The URL without its scheme."""
        return self.url.partition("://")[2]

    @classmethod
    def of(cls, verification: Verification) -> "OwnCredential":
        issued = verification.issued
        return cls(
            name=issued.terms.name,
            issuer=issued.terms.issuer,
            issued_at=issued.issued_at,
            expires_at=issued.expires_at,
            status=WORDS[verification.status],
            is_valid=verification.valid,
            url=f"{settings.ENVIRONMENT.public_url}/v1/issued/{issued.id}/verify",
        )


class CredentialsView(LoginRequiredMixin, TemplateView):
    template_name = "credentials/own.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"credentials": credentials_of(self.request)}


def credentials_of(request: HttpRequest) -> list[OwnCredential]:
    """The credentials of the user, the latest first."""
    pages = partial(services().issuing.page_for, person_of(request))
    return [OwnCredential.of(verification) for verification in all_items(pages)][::-1]


register_account_tab(
    AccountTab(
        label="Credentials",
        url_name="account_credentials",
        place=20,
        section="credentials/own_list.html",
        load=credentials_of,
    )
)
