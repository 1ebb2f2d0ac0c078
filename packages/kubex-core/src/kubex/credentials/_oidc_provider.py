"""Requests to an OpenID Connect provider: discover its token endpoint, and exchange a refresh token for new tokens.

https://openid.net/specs/openid-connect-discovery-1_0.html and RFC 6749, section 6.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import quote_plus, urlencode, urlsplit

from kubex.core._headers import basic_authorization
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._urls import split_url
from kubex.credentials._fetch import Fetch, FetchRequest, FetchResponse
from kubex.credentials._oidc_config import OpenIDConnect, is_confidential
from kubex.errors import ConfigurationError, TransportError

BASIC, POST = "client_secret_basic", "client_secret_post"

_MAX_ERROR_LENGTH = 300
"""The number of characters of a provider's error that are shown."""


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The URL that issues tokens, and the supported ways to send the client secret."""

    url: str
    auth_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """The tokens in the response to a refresh; None for a missing one."""

    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)


class OIDCProvider:
    """An OpenID Connect provider. Its methods raise `ConfigurationError`, which names the provider."""

    def __init__(self, settings: OpenIDConnect, fetch: Fetch) -> None:
        self._settings = settings
        self._fetch = fetch
        self._auth_method: str | None = None  # the one that the provider has accepted

    def error(self, problem: str) -> ConfigurationError:
        """Create an error that names the provider."""
        return ConfigurationError(problem, source=f"OpenID Connect provider {self._settings.issuer_url}")

    async def discover(self) -> TokenEndpoint:
        """Read the configuration of the provider."""
        issuer = self._settings.issuer_url.rstrip("/")
        url = f"{issuer}/.well-known/openid-configuration"
        response = await self._send("GET", url)
        document = _json_object(response.body)
        if response.status != 200 or document is None:
            hint = "; check issuer_url" if response.status < 500 else ""
            raise self.error(f"{url} {_describe_status(response.status)}{hint}")
        named = document.get("issuer")
        if not isinstance(named, str) or named.rstrip("/") != issuer:
            raise self.error(f"{url} is the configuration of another issuer, {named!r}; correct issuer_url")
        endpoint = document.get("token_endpoint")
        if not isinstance(endpoint, str) or not self._is_valid_endpoint(endpoint):
            raise self.error(f"{url} must contain a token_endpoint that starts with https://, not {endpoint!r}")
        methods = document.get("token_endpoint_auth_methods_supported")
        listed: list[object] = cast("list[object]", methods) if isinstance(methods, list) else []
        return TokenEndpoint(endpoint, tuple(each for each in (BASIC, POST) if each in listed) or (BASIC, POST))

    async def refresh(self, endpoint: TokenEndpoint, refresh_token: str) -> TokenResponse:
        """Exchange a refresh token for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        supported = [self._auth_method] if self._auth_method in endpoint.auth_methods else endpoint.auth_methods
        method, *others = supported
        response = await self._post(endpoint.url, form, method)
        # Some providers list a method that they do not accept, so try the other one.
        if others and _client_was_rejected(response) and self._settings.client_secret is not None:
            method = others[0]
            response = await self._post(endpoint.url, form, method)
        document = _json_object(response.body)
        if response.status != 200 or document is None:
            details = self._error_details(document or {}, refresh_token)
            url = _without_query(endpoint.url)
            raise self.error(f"the refresh at {url} {_describe_status(response.status)}{details}")
        self._auth_method = method
        tokens = TokenResponse(_string(document, "id_token"), _string(document, "refresh_token"))
        if has_lone_surrogate(tokens.refresh_token or ""):
            raise self.error(f"the refresh_token in the refresh response {LONE_SURROGATE}")
        return tokens

    async def _post(self, url: str, form: Mapping[str, str], auth_method: str | None) -> FetchResponse:
        client, secret = self._settings.client_id, self._settings.client_secret
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if secret is None:
            form = {**form, "client_id": client}
        elif auth_method == POST:
            form = {**form, "client_id": client, "client_secret": secret}
        else:
            # RFC 6749, section 2.3.1: both values are form-encoded before they are used for basic authentication.
            headers["Authorization"] = basic_authorization(quote_plus(client), quote_plus(secret))
        return await self._send("POST", url, headers, urlencode(form).encode("ascii"))

    async def _send(
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

    def _is_valid_endpoint(self, endpoint: str) -> bool:
        if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
            return False
        parts = split_url(endpoint)
        if parts is None:
            return False
        # An https:// issuer must not redirect tokens to http://, not even on loopback.
        plain = urlsplit(self._settings.issuer_url).scheme == "http"
        return "@" not in parts.netloc and is_confidential(endpoint) and (plain or parts.scheme == "https")

    def _error_details(self, document: Mapping[str, object], refresh_token: str) -> str:
        """Return the error of a provider, without secrets that it repeats."""
        texts = [text for name in ("error", "error_description") if (text := _string(document, name))]
        secrets = (self._settings.client_secret, self._settings.id_token, refresh_token)
        details = "".join(f": {redact(each, secrets)}" for each in texts)
        is_invalid = texts[:1] == ["invalid_grant"]
        return details + ("; the refresh token has expired or was revoked: log in again" if is_invalid else "")


def redact(text: str, secrets: Iterable[str | None]) -> str:
    """Return a text on one line, truncated, and with the secrets replaced by `***`."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(quote_plus(secret), "***")
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= _MAX_ERROR_LENGTH else f"{text[:_MAX_ERROR_LENGTH]}..."


def _client_was_rejected(response: FetchResponse) -> bool:
    return response.status == 401 or (_json_object(response.body) or {}).get("error") == "invalid_client"


def _describe_status(status: int) -> str:
    if status == 200:
        return "returned 200 with a body that is not a JSON object"
    if 300 <= status < 400:
        return f"returned {status}, and redirects are not followed"
    return f"returned {status}"


def _json_object(body: bytes) -> dict[str, object] | None:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", document) if isinstance(document, dict) else None


def _string(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _without_query(url: str) -> str:
    return url.partition("?")[0]
