"""Client ID metadata documents at the authorization endpoint: fetched before the request is validated."""

from oauthlib.oauth2 import FatalClientError

from accounts.domain.oauth.errors import DocumentUnavailable, UnsuitableClient
from authsvc.composition.container import services
from authsvc.kernel.rate_limits import TooManyAttempts


class InvalidClientDocument(FatalClientError):
    """The document cannot be used, so there is no redirect URI to which the error could be sent."""

    error = "invalid_client"


def fetch_document(client_id: str, *, client_ip: str) -> None:
    """Fetch the document if the identifier is the URL of one. Raises InvalidClientDocument."""
    try:
        services().described_clients.fetch(client_id, client_ip=client_ip)
    except UnsuitableClient as error:
        field_error = error.field_errors[0]
        description = (
            f"The metadata document of the client: {field_error.path}: {field_error.detail}"
        )
        raise InvalidClientDocument(description=description) from None
    except (DocumentUnavailable, TooManyAttempts) as error:
        raise InvalidClientDocument(description=error.detail) from None
