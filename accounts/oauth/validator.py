"""What the toolkit and oauthlib ask of us, answered by our services."""

from oauth2_provider.oauth2_validators import OAuth2Validator

from accounts.oauth.client_rules import ClientRules
from accounts.oauth.grant_rules import GrantRules


class Validator(ClientRules, GrantRules, OAuth2Validator):
    """Its methods are named and called by oauthlib's RequestValidator, and stand before the toolkit's.

    What is left to the toolkit belongs to endpoints that accounts.oauth.server does not have.
    """
