"""Single sign-on by OpenID Connect, configured by a file: the providers, and which account an identity is.

GONGJIANG_OIDC names a JSON file: a list of {"name", "label", "label_en", "metadata_url", "client_id",
"client_secret"} and, for a provider that issues this installation's own account names, "username_claim".
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from .backends import PasswordBackend, candidate
from .models import User


class SignOnError(Exception):
    """The provider did not vouch for anybody; the message is for the log, not for the page."""


@dataclass(frozen=True)
class Provider:
    """An identity provider as the file names it."""

    name: str
    label: str
    metadata_url: str
    client_id: str
    client_secret: str
    label_en: str = ""
    username_claim: str = ""


@dataclass(frozen=True)
class Identity:
    """Whom a provider vouches for."""

    provider: Provider
    issuer: str
    subject: str
    username: str


@cache
def _read(path: str) -> tuple[Provider, ...]:
    return tuple(Provider(**row) for row in json.loads(Path(path).read_text(encoding="utf-8")))


def providers() -> tuple[Provider, ...]:
    """The configured providers; none where no file is named."""
    return _read(settings.OIDC_FILE) if settings.OIDC_FILE else ()


def provider(name: str) -> Provider | None:
    return next((p for p in providers() if p.name == name), None)


@cache
def _client(provider: Provider) -> Any:
    registry = OAuth()
    registry.register(
        provider.name,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.metadata_url,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
    )
    return registry.create_client(provider.name)


def leave_for(provider: Provider, request: HttpRequest, back: str) -> HttpResponse:
    """The redirect to the provider. Raises SignOnError where it does not answer."""
    try:
        found: HttpResponse = _client(provider).authorize_redirect(request, back)
    except (OAuthError, RequestException, ValueError) as error:
        raise SignOnError(str(error)) from error
    return found


def returned(provider: Provider, request: HttpRequest) -> Identity:
    """Whom the provider vouches for: state, nonce, signature, audience and times are checked. Raises SignOnError."""
    client = _client(provider)
    try:
        claims = client.authorize_access_token(request).get("userinfo") or {}
    except Exception as error:  # what a foreign server answers may fail in any way
        raise SignOnError(f"{type(error).__name__}: {error}") from error
    if not claims.get("sub") or not claims.get("iss"):
        raise SignOnError("no subject in the answer")
    return Identity(
        provider, str(claims["iss"]), str(claims["sub"]), str(claims.get(provider.username_claim, "") or "")
    )


def account(identity: Identity) -> User | None:
    """The active account that is linked to an identity, or bears its name where the provider names accounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_signed_on(%s, %s)", [identity.issuer, identity.subject])
        key = cursor.fetchone()[0]
    if key is None and identity.username:
        key = candidate(identity.username)
    return PasswordBackend().get_user(key) if key is not None else None
