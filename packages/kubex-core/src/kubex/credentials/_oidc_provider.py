"""The two requests to an OpenID Connect provider: where its token endpoint is, and new tokens for a refresh token.

https://openid.net/specs/openid-connect-discovery-1_0.html and RFC 6749, section 6.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import quote_plus, urlencode, urlsplit

from kubex.core._basic_auth import basic_authorization
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._url import split_url
from kubex.credentials._fetch import Fetch, FetchRequest, FetchResponse
from kubex.credentials._oidc_config import OpenIDConnect, is_confidential
from kubex.errors import ConfigurationError, TransportError

BASIC, POST = "client_secret_basic", "client_secret_post"

# Of what a provider says of an error, in characters.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where tokens are to be had, and how a client with a secret may show it there."""

    url: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens in an answer; None for what was not in it."""

    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)


class Provider:
    """An OpenID Connect provider; whatever goes wrong with it is a `ConfigurationError` that names it."""

    def __init__(self, settings: OpenIDConnect, fetch: Fetch) -> None:
        self._settings = settings
        self._fetch = fetch
        self._method: str | None = None  # what the provider has taken before

    def error(self, problem: str) -> ConfigurationError:
        """Make an exception that names the provider."""
        return ConfigurationError(problem, source=f"OpenID Connect provider {self._settings.issuer_url}")

    async def discover(self) -> TokenEndpoint:
        """Read the provider's configuration."""
        issuer = self._settings.issuer_url.rstrip("/")
        url = f"{issuer}/.well-known/openid-configuration"
        response = await self._ask("GET", url)
        document = _as_object(response.body)
        if response.status != 200 or document is None:
            hint = "; is issuer_url right?" if response.status < 500 else ""
            raise self.error(f"{url} {_answered(response.status)}{hint}")
        named = document.get("issuer")
        if not isinstance(named, str) or named.rstrip("/") != issuer:
            raise self.error(f"{url} is the configuration of another issuer, {named!r}; correct issuer_url")
        endpoint = document.get("token_endpoint")
        if not isinstance(endpoint, str) or not self._is_usable(endpoint):
            raise self.error(f"{url} names no token_endpoint that begins with https://, but {endpoint!r}")
        methods = document.get("token_endpoint_auth_methods_supported")
        listed: list[object] = cast("list[object]", methods) if isinstance(methods, list) else []
        return TokenEndpoint(endpoint, tuple(each for each in (BASIC, POST) if each in listed) or (BASIC, POST))

    async def refresh(self, endpoint: TokenEndpoint, refresh_token: str) -> Grant:
        """RequestSender a refresh token for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        first, *others = [self._method] if self._method in endpoint.methods else endpoint.methods
        response = await self._post(endpoint.url, form, first)
        if others and _is_stranger(response) and self._settings.client_secret is not None:
            first = others[0]
            response = await self._post(endpoint.url, form, first)
        document = _as_object(response.body)
        if response.status != 200 or document is None:
            said = self._said(document or {}, refresh_token)
            raise self.error(f"the refresh at {_without_query(endpoint.url)} {_answered(response.status)}{said}")
        self._method = first
        grant = Grant(_text(document, "id_token"), _text(document, "refresh_token"))
        if has_lone_surrogate(grant.refresh_token or ""):
            raise self.error(f"the refresh_token in the answer to the refresh {LONE_SURROGATE}")
        return grant

    async def _post(self, url: str, form: Mapping[str, str], method: str | None) -> FetchResponse:
        client, secret = self._settings.client_id, self._settings.client_secret
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if secret is None:
            form = {**form, "client_id": client}
        elif method == POST:
            form = {**form, "client_id": client, "client_secret": secret}
        else:  # RFC 6749, 2.3.1: both are encoded as in a form first
            headers["Authorization"] = basic_authorization(quote_plus(client), quote_plus(secret))
        return await self._ask("POST", url, headers, urlencode(form).encode("ascii"))

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes | None = None
    ) -> FetchResponse:
        request = FetchRequest(
            method=method,
            url=url,
            headers=(("Accept", "application/json"), *headers.items()),
            body=body,
            ca_file=self._settings.ca_file,
            ca_data=self._settings.ca_data,
        )
        try:
            return await self._fetch(request)
        except TransportError as error:
            raise self.error(str(error)) from error

    def _is_usable(self, endpoint: str) -> bool:
        """Refuse what is no URL, and to leave HTTPS if the issuer itself has it."""
        if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
            return False
        parts = split_url(endpoint)
        if parts is None:
            return False
        plain = urlsplit(self._settings.issuer_url).scheme == "http"
        return "@" not in parts.netloc and is_confidential(endpoint) and (plain or parts.scheme == "https")

    def _said(self, document: Mapping[str, object], refresh_token: str) -> str:
        """Return what a provider says of an error, without the secrets that it may repeat."""
        said = [text for name in ("error", "error_description") if (text := _text(document, name))]
        secrets = (self._settings.client_secret, self._settings.id_token, refresh_token)
        text = "".join(f": {without(each, secrets)}" for each in said)
        hint = "; the refresh token has expired or was revoked: log in again" if said[:1] == ["invalid_grant"] else ""
        return text + hint


def without(text: str, secrets: Iterable[str | None]) -> str:
    """Return a text on one line, not too long, and with the secrets in it struck out."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(quote_plus(secret), "***")
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _is_stranger(response: FetchResponse) -> bool:
    """Tell whether the provider did not accept who the client says it is."""
    return response.status == 401 or (_as_object(response.body) or {}).get("error") == "invalid_client"


def _answered(status: int) -> str:
    if status == 200:
        return "answered 200 with something that is no JSON object"
    if 300 <= status < 400:
        return f"answered {status}, a redirect, which is not followed"
    return f"answered {status}"


def _as_object(body: bytes) -> dict[str, object] | None:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", document) if isinstance(document, dict) else None


def _text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _without_query(url: str) -> str:
    return url.partition("?")[0]
