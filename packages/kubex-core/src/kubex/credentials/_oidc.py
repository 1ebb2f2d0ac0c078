"""ID tokens of an OpenID Connect provider, refreshed when they expire."""

import logging
import time
from functools import partial

import anyio
import anyio.to_thread
from typing_extensions import override

from kubex.credentials._authentication import Authentication
from kubex.credentials._fetch import Fetch
from kubex.credentials._oidc_config import OpenIDConnect, OpenIDTokens, wrong
from kubex.credentials._oidc_provider import Grant, Provider, TokenEndpoint, without
from kubex.credentials._renewable import RenewableCredentials
from kubex.credentials._shield import run_shielded
from kubex.credentials._static import bearer
from kubex.credentials._tokens import jwt_expiry, token_problem
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)

EXPIRY_MARGIN = 10.0
"""Seconds before its expiry from which an ID token is refreshed, as client-go does."""

LEAST_USE = 10.0
"""Seconds for which a new ID token is used whatever it says: a wrong clock must not make every call a refresh."""

REFRESH_TIMEOUT = 30.0
"""Seconds that a refresh may take in all."""


class OpenIDConnectCredentials(RenewableCredentials):
    """The ID token of a provider as bearer token, reused while it is valid, refreshed when it expires or is refused.

    Without `fetch` it can use the ID token that it was given, but not refresh it. `timeout` is that of a refresh, in
    seconds.
    """

    MIN_RENEWAL_INTERVAL = 10.0

    def __init__(
        self, settings: OpenIDConnect, *, fetch: Fetch | None = None, timeout: float = REFRESH_TIMEOUT
    ) -> None:
        super().__init__()
        self._settings = settings
        self._provider = None if fetch is None else Provider(settings, fetch)
        self._timeout = timeout
        self._id_token = settings.id_token
        self._refresh_token = settings.refresh_token
        if self._id_token is not None and (left := self._seconds_left(self._id_token)) > 0:
            can_refresh = self._provider is not None and self._refresh_token is not None
            self.store(bearer(self._id_token), seconds=left, margin=EXPIRY_MARGIN if can_refresh else 0.0)

    @override
    async def renew(self) -> tuple[Authentication, float, float]:
        """Refresh the ID token; one that cannot be refreshed is used to its end, also if it was refused."""
        if self._provider is None or self._refresh_token is None:
            left = self._seconds_left(self._id_token)
            if self._id_token is None or left <= 0:
                raise self._no_way_on()
            return bearer(self._id_token), left, 0.0
        fresh = await self._refresh(self._provider, self._refresh_token)
        return bearer(fresh), max(self._seconds_left(fresh), LEAST_USE + EXPIRY_MARGIN), EXPIRY_MARGIN

    async def _refresh(self, provider: Provider, refresh_token: str) -> str:
        endpoint = None
        deadline = anyio.current_time() + self._timeout
        with anyio.CancelScope(deadline=deadline):
            endpoint = await provider.discover()
        if endpoint is None:
            raise self._no_answer(provider)
        # A provider may withdraw a refresh token once it is used: the answer with the next one must not get lost.
        return await run_shielded(partial(self._exchange, provider, endpoint, refresh_token, deadline))

    async def _exchange(self, provider: Provider, endpoint: TokenEndpoint, refresh_token: str, deadline: float) -> str:
        grant = None
        with anyio.CancelScope(deadline=deadline):
            grant = await provider.refresh(endpoint, refresh_token)
        if grant is None:
            raise self._no_answer(provider)
        tokens = self._accept(provider, grant, refresh_token)
        await self._save(tokens)
        return tokens.id_token

    def _no_answer(self, provider: Provider) -> ConfigurationError:
        return provider.error(f"no answer within {self._timeout:g} s")

    def _accept(self, provider: Provider, grant: Grant, refresh_token: str) -> OpenIDTokens:
        self._refresh_token = refresh_token = grant.refresh_token or refresh_token
        if grant.id_token is None:
            raise provider.error(
                "the answer to the refresh holds no id_token; log in with the scopes openid and offline_access, "
                "and see whether the provider issues ID tokens at a refresh"
            )
        if jwt_expiry(grant.id_token) is None or token_problem(grant.id_token):
            raise provider.error("the id_token in the answer to the refresh is not a signed JWT with an expiry")
        self._id_token = grant.id_token
        return OpenIDTokens(id_token=grant.id_token, refresh_token=refresh_token)

    async def _save(self, tokens: OpenIDTokens) -> None:
        if self._settings.save is None:
            return
        try:
            await anyio.to_thread.run_sync(self._settings.save, tokens)
        except Exception as error:  # noqa: BLE001 - whatever the hook does wrong, the tokens are good
            secrets = (tokens.id_token, tokens.refresh_token, self._settings.client_secret)
            problem = without(f"{type(error).__name__}: {error}", secrets)
            logger.warning("new tokens of %s are in use but were not saved: %s", self._settings.issuer_url, problem)

    def _seconds_left(self, token: str | None) -> float:
        when = None if token is None else jwt_expiry(token)
        return float("-inf") if when is None else when - time.time()

    def _no_way_on(self) -> ConfigurationError:
        state = "is missing"
        if self._id_token is not None:
            state = "is no JWT with an expiry" if jwt_expiry(self._id_token) is None else "has expired"
        if self._refresh_token is None:
            return wrong("id_token", f"{state}, and there is no refresh_token to get a new one with; log in again")
        return wrong("id_token", f"{state}; it is refreshed by a client, or with credentials_for(..., fetch=)")
