"""Tests of OpenID Connect credentials without HTTP, and of reading the expiry of a JWT."""

import base64
import time
from typing import Any

import pytest

from client.oidc_provider import jwt
from kubex.configuration import ClientConfiguration, OpenIDConnect, credentials_for
from kubex.credentials import Authentication, TLSIdentity
from kubex.credentials._tokens import jwt_expiry
from kubex.errors import ConfigurationError


def configuration(id_token: str | None, **fields: Any) -> ClientConfiguration:
    settings = OpenIDConnect(
        issuer_url="https://id.example.com", client_id="kubex", id_token=id_token, refresh_token="r"
    )
    return ClientConfiguration(url="https://api.example.com", oidc=settings, **fields)


@pytest.mark.anyio
async def test_valid_id_token_is_used_without_a_client_even_if_rejected() -> None:
    token = jwt(exp=time.time() + 5, nbf=time.time() + 1000)  # only the API server checks nbf
    credentials = credentials_for(configuration(token))
    first = await credentials.authenticate()
    assert first == Authentication(headers=(("Authorization", f"Bearer {token}"),))
    assert await credentials.authenticate(rejected=first) == first


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("token", "state"), [(None, "is missing"), (jwt(exp=0), "has expired"), ("opaque", "is not a JWT with an expiry")]
)
async def test_refresh_without_fetch_raises(token: str | None, state: str) -> None:
    with pytest.raises(ConfigurationError, match=f"id_token: {state}; to refresh it, use a client, or .*fetch="):
        await credentials_for(configuration(token)).authenticate()


@pytest.mark.anyio
async def test_id_token_is_combined_with_a_client_certificate() -> None:
    token = jwt(exp=time.time() + 3600)
    both = await credentials_for(configuration(token, client_cert_data="c", client_key_data="k")).authenticate()
    assert both.tls == TLSIdentity(cert_pem="c", key_pem="k")
    assert both.headers == (("Authorization", f"Bearer {token}"),)


def test_jwt_expiry_is_in_seconds() -> None:
    assert [jwt_expiry(jwt(exp=exp)) for exp in (0, 1_900_000_000, 1.5)] == [0.0, 1_900_000_000.0, 1.5]


def encoded(payload: bytes) -> str:
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.e30"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        jwt(sub="jane"),
        jwt(exp="1900000000"),
        jwt(exp=None),
        jwt(exp=float("nan")),
        jwt(exp=float("inf")),
        jwt(exp=10**400),
        encoded(b"[1]"),
        encoded(b"1"),
        encoded(b"\xff"),
        encoded(b'{"exp":' + b"1" * 5000 + b"}"),
        encoded(b"[" * 100_000),
    ],
)
def test_jwt_expiry_returns_none_without_a_valid_exp_claim(token: str) -> None:
    assert jwt_expiry(token) is None
