"""Tests of credentials: their headers, reading rotated files again, and one read for concurrent callers."""

import base64
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from typing_extensions import override

from kubex.configuration import ClientConfiguration, credentials_for
from kubex.credentials import (
    Authentication,
    ClientCertificate,
    CombinedCredentials,
    StaticCredentials,
    TLSIdentity,
    TokenFile,
)
from kubex.credentials._file_credentials import FileCredentials
from kubex.errors import ConfigurationError

pytestmark = pytest.mark.anyio

URL = "https://api.example.com"


def authorization(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"]


async def headers_of(**fields: Any) -> dict[str, str]:
    return dict((await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()).headers)


async def test_configuration_without_credentials_is_anonymous() -> None:
    assert await credentials_for(ClientConfiguration(url=URL)).authenticate() == Authentication()


async def test_token_is_sent_as_a_bearer_token() -> None:
    assert await headers_of(token="t0ken") == {"Authorization": "Bearer t0ken"}


async def test_password_is_sent_with_basic_authentication_in_utf8() -> None:
    headers = await headers_of(username="jürgen", password="a:b€")
    kind, _, pair = headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(pair).decode()) == ("Basic", "jürgen:a:b€")


async def test_whitespace_around_the_token_in_a_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(" t0ken\r\n")
    assert await headers_of(token_file=tmp_path / "token") == {"Authorization": "Bearer t0ken"}


@pytest.mark.covers("pitfall-31")
async def test_token_file_is_read_again_after_max_age(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    long, short = TokenFile(path), TokenFile(path, max_age=0)
    before = [await source.authenticate() for source in (long, short)]
    path.write_text("second")
    assert await long.authenticate() is before[0]
    assert authorization(await short.authenticate()) == "Bearer second"


async def test_token_file_is_read_again_after_a_401(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    source = TokenFile(path)
    before = await source.authenticate()
    assert await source.authenticate(rejected=before) is before, "an unchanged token is the same object"
    path.write_text("second")
    assert authorization(await source.authenticate(rejected=before)) == "Bearer second"


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("content", [None, "", "two tokens", "\xff"])
async def test_previous_token_is_used_if_reading_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str | None
) -> None:
    path = tmp_path / "token"
    path.write_text("s3cr3t")
    source = TokenFile(path)
    before = await source.authenticate()
    if content is None:
        path.unlink()
    else:
        path.write_text(content, "latin-1")
    with caplog.at_level(logging.WARNING):
        assert authorization(await source.authenticate(rejected=before)) == "Bearer s3cr3t"
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
    assert "s3cr3t" not in caplog.text
    await source.authenticate()
    assert len(caplog.records) == 1, "the next call does not read the file again"


async def test_token_is_used_until_the_token_file_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "token"
    source = credentials_for(ClientConfiguration(url=URL, token="fallback", token_file=path))
    fallback = await source.authenticate()
    assert authorization(fallback) == "Bearer fallback"
    path.write_text("from-file")
    assert authorization(await source.authenticate(rejected=fallback)) == "Bearer from-file"


async def test_missing_token_file_raises_until_it_exists(tmp_path: Path) -> None:
    source = credentials_for(ClientConfiguration(url=URL, token_file=tmp_path / "token"))
    with pytest.raises(ConfigurationError, match=f"{tmp_path / 'token'}, token_file: cannot be read"):
        await source.authenticate()
    (tmp_path / "token").write_text("now")
    assert authorization(await source.authenticate()) == "Bearer now"


class SlowFile(FileCredentials):
    """Counts its reads; each read waits for an event."""

    def __init__(self) -> None:
        super().__init__(max_age=60)
        self.reads = 0
        self.proceed = threading.Event()

    @override
    def read(self) -> Authentication:
        """Wait, then return the number of the read."""
        assert self.proceed.wait(5)
        self.reads += 1
        return Authentication(headers=(("Authorization", str(self.reads)),))


@pytest.mark.covers("pitfall-35")
@pytest.mark.parametrize("renew", [False, True])
async def test_concurrent_callers_share_one_read(renew: bool) -> None:
    source = SlowFile()
    rejected = None
    if renew:
        source.proceed.set()
        rejected = await source.authenticate()
        source.proceed.clear()
        source.reads = 0
    results: list[Authentication] = []

    async def authenticate() -> None:
        results.append(await source.authenticate(rejected=rejected))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(authenticate)
        await anyio.wait_all_tasks_blocked()
        source.proceed.set()
    assert source.reads == 1
    assert len(results) == 20
    assert all(result is results[0] for result in results)


async def test_late_rejection_of_an_old_token_does_not_renew_it_again() -> None:
    source = SlowFile()
    source.proceed.set()
    first = await source.authenticate()
    second = await source.authenticate(rejected=first)
    assert second != first
    assert await source.authenticate(rejected=first) is second, "the first token was already replaced"
    assert source.reads == 2


class UnreadableFile(FileCredentials):
    """Counts its reads; each read waits for an event and then raises."""

    def __init__(self) -> None:
        super().__init__(max_age=60)
        self.reads = 0
        self.proceed = threading.Event()

    @override
    def read(self) -> Authentication:
        assert self.proceed.wait(5)
        self.reads += 1
        raise ConfigurationError("does not exist", field="token_file")


@pytest.mark.covers("pitfall-35")
async def test_concurrent_callers_share_the_failure_of_a_read() -> None:
    source = UnreadableFile()
    errors: list[ConfigurationError] = []

    async def authenticate() -> None:
        with pytest.raises(ConfigurationError, match="token_file: does not exist") as caught:
            await source.authenticate()
        errors.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(authenticate)
        await anyio.wait_all_tasks_blocked()
        source.proceed.set()
    assert source.reads == 1
    assert len(set(map(id, errors))) == 5, "each task must get a copy of the exception"
    with pytest.raises(ConfigurationError):
        await source.authenticate()
    assert source.reads == 2, "a later caller reads the file again"


async def test_combined_credentials_pass_the_rejected_part_to_each_source(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    groups = Authentication(headers=(("Impersonate-Group", "a"), ("Impersonate-Group", "b")))
    source = CombinedCredentials(TokenFile(path), StaticCredentials(groups))
    first = await source.authenticate()
    assert first.headers == (("Authorization", "Bearer first"), *groups.headers)
    path.write_text("second")
    assert await source.authenticate() is first
    assert (await source.authenticate(rejected=first)).headers == (("Authorization", "Bearer second"), *groups.headers)


@pytest.mark.covers("pitfall-35")
async def test_waiting_callers_continue_if_the_reading_caller_is_cancelled() -> None:
    source = SlowFile()
    results: list[Authentication] = []

    async def authenticate() -> None:
        results.append(await source.authenticate())

    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as first:
            group.start_soon(authenticate)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(authenticate)
            await anyio.wait_all_tasks_blocked()
            first.cancel()
            source.proceed.set()
    assert len(results) == 2


async def test_cached_results_are_returned_without_a_thread_and_a_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    sources = [StaticCredentials.bearer("t"), TokenFile(tmp_path / "token")]
    combined = CombinedCredentials(*sources)
    await combined.authenticate()
    for source in (*sources, combined):
        with pytest.raises(StopIteration):  # the coroutine returns without being suspended
            source.authenticate().send(None)


async def test_certificate_and_key_are_read_from_data(client_pair: Any) -> None:
    cert, key = client_pair
    source = credentials_for(ClientConfiguration(url=URL, client_cert_data=cert, client_key_data=key))
    assert (await source.authenticate()).tls == TLSIdentity(cert_pem=cert, key_pem=key)


async def test_certificate_and_token_are_combined(client_pair: Any) -> None:
    cert, key = client_pair
    source = credentials_for(ClientConfiguration(url=URL, client_cert_data=cert, client_key_data=key, token="t"))
    result = await source.authenticate()
    assert (result.tls, result.headers) == (
        TLSIdentity(cert_pem=cert, key_pem=key),
        (("Authorization", "Bearer t"),),
    )
    assert await source.authenticate() is result


async def test_certificate_file_is_combined_with_key_data(client_pair: Any, tmp_path: Path) -> None:
    cert, key = client_pair
    (tmp_path / "cert.pem").write_text(cert)
    source = credentials_for(ClientConfiguration(url=URL, client_cert_file=tmp_path / "cert.pem", client_key_data=key))
    assert (await source.authenticate()).tls == TLSIdentity(cert_pem=cert, key_pem=key)


async def test_rotated_certificate_is_used_when_both_files_are_new(
    new_client_pair: Callable[[str], Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    old, new = new_client_pair("old"), new_client_pair("new")
    cert.write_text(old.cert_pem)
    key.write_text(old.key_pem)
    source = ClientCertificate(cert_file=cert, key_file=key)
    first = await source.authenticate()
    cert.write_text(new.cert_pem)
    assert await source.authenticate(rejected=first) is first, "the new certificate does not match the old key"
    assert "does not match the certificate" in caplog.text
    key.write_text(new.key_pem)
    assert (await source.authenticate(rejected=first)).tls == TLSIdentity(cert_pem=new.cert_pem, key_pem=new.key_pem)


def test_repr_does_not_show_secrets() -> None:
    secret = "s3cr3t"
    identity = TLSIdentity(cert_pem=secret, key_pem=secret)
    objects = [
        identity,
        StaticCredentials.bearer(secret),
        StaticCredentials.basic("user", secret),
        StaticCredentials.certificate(identity),
        TokenFile("path", fallback=secret),
        ClientCertificate(cert_data=secret, key_data=secret),
        CombinedCredentials(StaticCredentials.bearer(secret)),
        Authentication(headers=(("Authorization", secret),), tls=identity),
    ]
    for each in objects:
        assert secret not in repr(each)
        assert base64.b64encode(f"user:{secret}".encode()).decode() not in repr(each)
