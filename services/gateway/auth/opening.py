"""Builds what verifies credentials from the settings."""

from services.gateway.access_settings import AccessSettings
from services.gateway.auth.api_keys import ApiKeys
from services.gateway.auth.credentials import Credentials
from services.gateway.auth.jwks import RemoteKeys
from services.gateway.auth.tokens import TokenVerifier


def open_credentials(settings: AccessSettings) -> Credentials:
    """Return the verifier of tokens and API keys."""
    tokens = TokenVerifier(
        secrets=settings.jwt_secrets,
        keys=RemoteKeys(settings.jwks_url) if settings.jwks_url else None,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
    return Credentials(tokens, ApiKeys(settings.api_keys()))
