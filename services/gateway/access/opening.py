"""Builds from the settings what issues and verifies credentials."""

from services.gateway.access.api_keys import ApiKeys
from services.gateway.access.credentials import Credentials
from services.gateway.access.jwks import RemoteKeys
from services.gateway.access.local_sign_in import LocalSignIn
from services.gateway.access.settings import AccessSettings
from services.gateway.access.tokens import TokenVerifier


def open_credentials(settings: AccessSettings) -> Credentials:
    """Return the verifier of tokens and API keys."""
    tokens = TokenVerifier(
        secrets=settings.jwt_secrets,
        keys=RemoteKeys(settings.jwks_url) if settings.jwks_url else None,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
    return Credentials(tokens, ApiKeys(settings.api_keys()))


def open_local_sign_in(settings: AccessSettings) -> LocalSignIn:
    """Return what issues the studio's token on the local stack, and nothing elsewhere."""
    return LocalSignIn(
        settings.jwt_secret if settings.local_sign_in else "",
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
