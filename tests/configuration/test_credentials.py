"""Credentials: what they send, when they read again, and that concurrent callers cost one read."""

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


def sent(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"]


async def headers_of(**fields: Any) -> dict[str, str]:
    return dict((await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()).headers)


async def test_no_credentials_are_anonymous() -> None:
    assert await credentials_for(ClientConfiguration(url=URL)).authenticate() == Authentication()


async def test_token_is_a_bearer_token() -> None:
    assert await headers_of(token="t0ken") == {"Authorization": "Bearer t0ken"}


async def test_password_is_sent_by_basic_authentication_in_utf8() -> None:
    headers = await headers_of(username="jürgen", password="a:b€")
    kind, _, pair = headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(pair).decode()) == ("Basic", "jürgen:a:b€")


async def test_token_file_is_stripped(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(" t0ken\r\n")
    assert await headers_of(token_file=tmp_path / "token") == {"Authorization": "Bearer t0ken"}


@pytest.mark.covers("pitfall-31")
async def test_token_file_is_read_again_when_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    lasting, brief = TokenFile(path), TokenFile(path, max_age=0)
    before = [await source.authenticate() for source in (lasting, brief)]
    path.write_text("second")
    assert await lasting.authenticate() is before[0]
    assert sent(await brief.authenticate()) == "Bearer second"


async def test_token_file_is_read_again_after_a_401(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first")
    source = TokenFile(path)
    before = await source.authenticate()
    assert await source.authenticate(rejected=before) is before, "what did not change stays the same object"
    path.write_text("second")
    assert sent(await source.authenticate(rejected=before)) == "Bearer second"


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("content", [None, "", "two tokens", "\xff"])
async def test_last_good_token_is_kept_when_reading_fails(
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
        assert sent(await source.authenticate(rejected=before)) == "Bearer s3cr3t"
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
    assert "s3cr3t" not in caplog.text
    await source.authenticate()
    assert len(caplog.records) == 1, "the next call does not try at once"


async def test_token_stands_in_until_its_file_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "token"
    source = credentials_for(ClientConfiguration(url=URL, token="given", token_file=path))
    given = await source.authenticate()
    assert sent(given) == "Bearer given"
    path.write_text("from-file")
    assert sent(await source.authenticate(rejected=given)) == "Bearer from-file"


async def test_token_file_that_was_never_there_is_an_error(tmp_path: Path) -> None:
    source = credentials_for(ClientConfiguration(url=URL, token_file=tmp_path / "token"))
    with pytest.raises(ConfigurationError, match=f"{tmp_path / 'token'}, token_file: cannot be read"):
        await source.authenticate()
    (tmp_path / "token").write_text("now")
    assert sent(await source.authenticate()) == "Bearer now"


class SlowFile(FileCredentials):
    """Counts its reads; each waits until it is let go."""

    def __init__(self) -> None:
        super().__init__(max_age=60)
        self.reads = 0
        self.go = threading.Event()

    @override
    def read(self) -> Authentication:
        """Wait, then answer the number of the read."""
        assert self.go.wait(5)
        self.reads += 1
        return Authentication(headers=(("Authorization", str(self.reads)),))


@pytest.mark.covers("pitfall-35")
@pytest.mark.parametrize("refresh", [False, True])
async def test_concurrent_callers_wait_for_one_read(refresh: bool) -> None:
    source = SlowFile()
    rejected = None
    if refresh:
        source.go.set()
        rejected = await source.authenticate()
        source.go.clear()
        source.reads = 0
    answers: list[Authentication] = []

    async def ask() -> None:
        answers.append(await source.authenticate(rejected=rejected))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        source.go.set()
    assert source.reads == 1
    assert len(answers) == 20
    assert all(answer is answers[0] for answer in answers)


async def test_what_was_refused_earlier_is_not_asked_for_again() -> None:
    source = SlowFile()
    source.go.set()
    first = await source.authenticate()
    second = await source.authenticate(rejected=first)
    assert second != first
    assert await source.authenticate(rejected=first) is second, "a late 401 of the first is old news"
    assert source.reads == 2


class Missing(FileCredentials):
    """Fails each time, once it is let go."""

    def __init__(self) -> None:
        super().__init__(max_age=60)
        self.reads = 0
        self.go = threading.Event()

    @override
    def read(self) -> Authentication:
        assert self.go.wait(5)
        self.reads += 1
        raise ConfigurationError("is not there", field="token_file")


@pytest.mark.covers("pitfall-35")
async def test_concurrent_callers_share_a_failure() -> None:
    source = Missing()
    errors: list[ConfigurationError] = []

    async def ask() -> None:
        with pytest.raises(ConfigurationError, match="token_file: is not there") as caught:
            await source.authenticate()
        errors.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        source.go.set()
    assert source.reads == 1
    assert len(set(map(id, errors))) == 5, "an exception that is raised in two tasks mixes up their tracebacks"
    with pytest.raises(ConfigurationError):
        await source.authenticate()
    assert source.reads == 2, "who comes later tries again"


async def test_combined_credentials_pass_on_what_was_refused(tmp_path: Path) -> None:
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
async def test_a_cancelled_reader_does_not_strand_those_who_wait() -> None:
    source = SlowFile()
    answers: list[Authentication] = []

    async def ask() -> None:
        answers.append(await source.authenticate())

    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as first:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            first.cancel()
            source.go.set()
    assert len(answers) == 2


async def test_cached_answers_need_no_thread_and_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    sources = [StaticCredentials.bearer("t"), TokenFile(tmp_path / "token")]
    combined = CombinedCredentials(*sources)
    await combined.authenticate()
    for source in (*sources, combined):
        with pytest.raises(StopIteration):  # the coroutine ends without ever being suspended
            source.authenticate().send(None)


async def test_certificate_by_data(client_pair: Any) -> None:
    cert, key = client_pair
    source = credentials_for(ClientConfiguration(url=URL, client_cert_data=cert, client_key_data=key))
    assert (await source.authenticate()).tls == TLSIdentity(cert_pem=cert, key_pem=key)


async def test_certificate_and_token_together(client_pair: Any) -> None:
    cert, key = client_pair
    source = credentials_for(ClientConfiguration(url=URL, client_cert_data=cert, client_key_data=key, token="t"))
    answer = await source.authenticate()
    assert (answer.tls, answer.headers) == (
        TLSIdentity(cert_pem=cert, key_pem=key),
        (("Authorization", "Bearer t"),),
    )
    assert await source.authenticate() is answer


async def test_certificate_by_file_with_the_key_as_data(client_pair: Any, tmp_path: Path) -> None:
    cert, key = client_pair
    (tmp_path / "cert.pem").write_text(cert)
    source = credentials_for(ClientConfiguration(url=URL, client_cert_file=tmp_path / "cert.pem", client_key_data=key))
    assert (await source.authenticate()).tls == TLSIdentity(cert_pem=cert, key_pem=key)


async def test_rotated_certificate_is_read_when_both_files_are_new(
    new_client_pair: Callable[[str], Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    old, new = new_client_pair("old"), new_client_pair("new")
    cert.write_text(old.cert_pem)
    key.write_text(old.key_pem)
    source = ClientCertificate(cert_file=cert, key_file=key)
    first = await source.authenticate()
    cert.write_text(new.cert_pem)
    assert await source.authenticate(rejected=first) is first, "the new certificate with the old key is no pair"
    assert "does not belong to the certificate" in caplog.text
    key.write_text(new.key_pem)
    assert (await source.authenticate(rejected=first)).tls == TLSIdentity(cert_pem=new.cert_pem, key_pem=new.key_pem)


def test_repr_hides_every_secret() -> None:
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
