"""Credentials of an OpenID Connect provider: an ID token that is refreshed when it expires."""

import logging
import time
from functools import partial

import anyio
import anyio.to_thread
from typing_extensions import override

from kubex.credentials._authentication import Authentication
from kubex.credentials._fetch import Fetch
from kubex.credentials._oidc_config import OpenIDConnect, OpenIDTokens, invalid
from kubex.credentials._oidc_provider import OIDCProvider, TokenEndpoint, TokenResponse, redact
from kubex.credentials._renewable import RenewableCredentials
from kubex.credentials._shield import run_shielded
from kubex.credentials._static import bearer
from kubex.credentials._tokens import jwt_expiry, token_problem
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)

EXPIRY_MARGIN = 10.0
"""Seconds before the expiry of an ID token at which it is refreshed, as in client-go."""

MIN_LIFETIME = 10.0
"""Seconds for which a new ID token is used in any case, because the clock of this machine may be wrong."""

REFRESH_TIMEOUT = 30.0
"""The time limit of a refresh, in seconds."""


class OpenIDConnectCredentials(RenewableCredentials):
    """The ID token of a provider as a bearer token, refreshed when it expires or was rejected.

    Without `fetch`, the ID token of the settings is used and cannot be refreshed. `timeout` is the time limit of a
    refresh, in seconds.
    """

    MIN_RENEWAL_INTERVAL = 10.0

    def __init__(
        self, settings: OpenIDConnect, *, fetch: Fetch | None = None, timeout: float = REFRESH_TIMEOUT
    ) -> None:
        super().__init__()
        self._settings = settings
        self._provider = None if fetch is None else OIDCProvider(settings, fetch)
        self._timeout = timeout
        self._id_token = settings.id_token
        self._refresh_token = settings.refresh_token
        if self._id_token is not None and (left := self._seconds_left(self._id_token)) > 0:
            can_refresh = self._provider is not None and self._refresh_token is not None
            self.store(bearer(self._id_token), seconds=left, margin=EXPIRY_MARGIN if can_refresh else 0.0)

    @override
    async def renew(self) -> tuple[Authentication, float, float]:
        """Refresh the ID token. If it cannot be refreshed, it is used until it expires, even if it was rejected."""
        if self._provider is None or self._refresh_token is None:
            left = self._seconds_left(self._id_token)
            if self._id_token is None or left <= 0:
                raise self._cannot_refresh()
            return bearer(self._id_token), left, 0.0
        id_token = await self._refresh(self._provider, self._refresh_token)
        seconds = max(self._seconds_left(id_token), MIN_LIFETIME + EXPIRY_MARGIN)
        return bearer(id_token), seconds, EXPIRY_MARGIN

    async def _refresh(self, provider: OIDCProvider, refresh_token: str) -> str:
        endpoint = None
        deadline = anyio.current_time() + self._timeout
        with anyio.CancelScope(deadline=deadline):
            endpoint = await provider.discover()
        if endpoint is None:
            raise self._timed_out(provider)
        # Many providers invalidate a refresh token when it is used, so the response with the next one must not be
        # lost when the caller is cancelled.
        return await run_shielded(partial(self._exchange, provider, endpoint, refresh_token, deadline))

    async def _exchange(
        self, provider: OIDCProvider, endpoint: TokenEndpoint, refresh_token: str, deadline: float
    ) -> str:
        response = None
        with anyio.CancelScope(deadline=deadline):
            response = await provider.refresh(endpoint, refresh_token)
        if response is None:
            raise self._timed_out(provider)
        tokens = self._accept(provider, response, refresh_token)
        await self._save(tokens)
        return tokens.id_token

    def _timed_out(self, provider: OIDCProvider) -> ConfigurationError:
        return provider.error(f"did not respond within {self._timeout:g} s")

    def _accept(self, provider: OIDCProvider, response: TokenResponse, refresh_token: str) -> OpenIDTokens:
        # Keep a new refresh token even if the ID token is unusable: the old one may be invalid now.
        self._refresh_token = refresh_token = response.refresh_token or refresh_token
        if response.id_token is None:
            raise provider.error(
                "the refresh response does not contain an id_token; log in with the scopes openid and offline_access, "
                "and check that the provider issues ID tokens for refresh tokens"
            )
        if jwt_expiry(response.id_token) is None or token_problem(response.id_token):
            raise provider.error("the id_token in the refresh response is not a signed JWT with an expiry")
        self._id_token = response.id_token
        return OpenIDTokens(id_token=response.id_token, refresh_token=refresh_token)

    async def _save(self, tokens: OpenIDTokens) -> None:
        if self._settings.save is None:
            return
        try:
            await anyio.to_thread.run_sync(self._settings.save, tokens)
        except Exception as error:  # noqa: BLE001 - the tokens are valid, whatever the callback raises
            secrets = (tokens.id_token, tokens.refresh_token, self._settings.client_secret)
            problem = redact(f"{type(error).__name__}: {error}", secrets)
            logger.warning("new tokens of %s are used but could not be saved: %s", self._settings.issuer_url, problem)

    def _seconds_left(self, token: str | None) -> float:
        expiry = None if token is None else jwt_expiry(token)
        return float("-inf") if expiry is None else expiry - time.time()

    def _cannot_refresh(self) -> ConfigurationError:
        state = "is missing"
        if self._id_token is not None:
            state = "is not a JWT with an expiry" if jwt_expiry(self._id_token) is None else "has expired"
        if self._refresh_token is None:
            return invalid("id_token", f"{state}, and refresh_token is not set; log in again")
        return invalid("id_token", f"{state}; to refresh it, use a client, or credentials_for(..., fetch=...)")
