"""Clients with metadata documents: fetched when an authorization begins, stored when a user consents."""

from dataclasses import dataclass, replace

from accounts.domain.access import ClientPk
from accounts.domain.identity.services.login_attempts import LimitName, LoginAttempts
from accounts.domain.oauth.entities.client_documents import (
    described_client,
    is_document_url,
    pk_of,
    terms_in,
)
from accounts.domain.oauth.entities.clients import ClientTerms, OAuthClient
from accounts.domain.oauth.errors import ClientNotFound, UnsuitableClient
from accounts.domain.oauth.ports import ClientDocuments
from accounts.domain.oauth.repositories.protocols import ClientRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedClients:
    """Clients whose identifier is a URL. What nobody has consented to leaves no trace in the database."""

    clients: ClientRepository
    documents: ClientDocuments
    limits: LoginAttempts
    allows_private_hosts: bool
    clock: Clock

    def is_supported(self) -> bool:
        return self.documents.are_enabled

    def fetch(self, client_id: str, *, client_ip: str) -> None:
        """Fetch the document of the client, if its identifier is a URL and the document is not known.

        Raises TooManyAttempts, DocumentUnavailable, UnsuitableClient.
        """
        if not (self.documents.are_enabled and is_document_url(client_id)):
            return
        if self.documents.known(client_id) is None:
            self.limits.count(LimitName.CLIENT_DOCUMENT, "address", client_ip).require()
        self._terms_in(self.documents.fetch(client_id), client_id)

    def find(self, client_id: str) -> OAuthClient | None:
        """The client as its known document describes it, else as it was when a user consented.

        None if neither is known, if staff have removed it, or if clients of its host are not accepted.
        """
        stored = self.stored(pk_of(client_id))
        is_removed = stored is not None and not stored.is_live(at=self.clock.now())
        if is_removed or not self.documents.accepts(client_id):
            return None
        document = self.documents.known(client_id)
        if document is None:
            return stored
        try:
            terms = self._terms_in(document, client_id)
        except UnsuitableClient:
            return None
        if stored is not None:
            return replace(stored, terms=terms)
        return described_client(client_id, terms, at=self.clock.now())

    def stored(self, client_pk: ClientPk) -> OAuthClient | None:
        """The client as it was when a user consented; None if nobody has."""
        try:
            return self.clients.get(client_pk, scope=TenantScope())
        except ClientNotFound:
            return None

    def _terms_in(self, document: object, client_id: str) -> ClientTerms:
        """Raises UnsuitableClient."""
        terms = terms_in(document, client_id=client_id)
        return terms.checked(allows_private_hosts=self.allows_private_hosts)
