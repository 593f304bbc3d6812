"""Challenges of the API (RFC 6750 §3)."""

from typing import Final

from django.conf import settings

BEARER: Final = (
    f'Bearer realm="authsvc", resource_metadata="{settings.ENVIRONMENT.public_url}'
    '/.well-known/oauth-protected-resource/v1"'
)
"""The challenge without an error."""
