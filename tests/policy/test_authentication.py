"""Requests that are refused with 401, and credentials that change."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from kubex.configuration import ClientConfiguration
from kubex.errors import ConfigurationError, Unauthorized
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse, MockTransport
from policy.conftest import CONFIGURATION, URL, refused, scripted
from support.exec_plugins import PluginScript

pytestmark = pytest.mark.anyio

REFUSED = refused(401, b"who are you?")
DONE = MockResponse(body=b"done")


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("old")
    return path


def by_file(token_file: Path) -> ClientConfiguration:
    return ClientConfiguration(url=URL, token_file=token_file)


def rotate(path: Path, token: str) -> None:
    """Replace a token as a kubelet does it: at no time is the file half written."""
    fresh = path.with_name("fresh")
    fresh.write_text(token)
    fresh.replace(path)


def rotating(path: Path, token: str, response: MockResponse) -> Callable[[PreparedRequest], MockResponse]:
    """Replace a token while the request is being answered."""

    def answer(_: PreparedRequest) -> MockResponse:
        rotate(path, token)
        return response

    return answer


def tokens(mock: MockTransport) -> list[str | None]:
    return [dict(request.headers).get("Authorization", "").removeprefix("Bearer ") for request in mock.requests]


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_401_is_sent_again_once_with_renewed_credentials(token_file: Path, streamed: bool) -> None:
    script = rotating(token_file, "new", REFUSED), DONE
    async with scripted(*script, configuration=by_file(token_file), retry=None) as (client, mock):
        if streamed:
            async with client.stream("GET", "/") as opened:
                assert await opened.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert tokens(mock) == ["old", "new"]


async def test_renewed_credentials_that_are_refused_too_are_an_error(token_file: Path) -> None:
    script = rotating(token_file, "new", REFUSED), rotating(token_file, "newer", REFUSED)
    async with scripted(*script, configuration=by_file(token_file)) as (client, mock):
        with pytest.raises(Unauthorized, match="who are you"):
            await client.request("GET", "/")
    assert tokens(mock) == ["old", "new"]


@pytest.mark.parametrize(
    "configuration",
    [
        CONFIGURATION,
        ClientConfiguration(url=URL, token="static"),
        ClientConfiguration(url=URL, username="u", password="p"),
    ],
    ids=["none", "token", "password"],
)
async def test_credentials_that_cannot_change_are_not_tried_again(configuration: ClientConfiguration) -> None:
    async with scripted(REFUSED, configuration=configuration) as (client, _):
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")


async def test_a_token_that_did_not_change_is_not_tried_again(token_file: Path) -> None:
    async with scripted(REFUSED, configuration=by_file(token_file)) as (client, _):
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")


async def test_many_refused_calls_are_each_sent_again_once(token_file: Path) -> None:
    all_refused = anyio.Event()

    async def by_token(request: PreparedRequest) -> MockResponse:
        if ("Authorization", "Bearer old") not in request.headers:
            return DONE
        if tokens(mock).count("old") == 5:
            rotate(token_file, "new")
            all_refused.set()
        await all_refused.wait()
        return REFUSED

    async with (
        scripted(*[by_token] * 10, configuration=by_file(token_file)) as (client, mock),
        anyio.create_task_group() as group,
    ):
        for _ in range(5):
            group.start_soon(client.request, "GET", "/")
    assert tokens(mock) == ["old"] * 5 + ["new"] * 5


async def test_credentials_that_cannot_be_read_send_nothing(tmp_path: Path) -> None:
    async with scripted(configuration=by_file(tmp_path / "missing")) as (client, _):
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            await client.request("GET", "/")
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            await client.stream("GET", "/").__aenter__()


async def test_credentials_that_expired_during_a_wait_are_renewed_before_the_next_attempt(tmp_path: Path) -> None:
    script = PluginScript(
        tmp_path, 'print_credential(token=f"token-{run}", expirationTimestamp="2020-01-01T00:00:00Z")'
    )
    configuration = ClientConfiguration(url=URL, exec=script.plugin())
    throttled = refused(429, Retry_After="0")
    async with scripted(throttled, DONE, configuration=configuration) as (client, mock):
        await client.request("GET", "/")
    assert tokens(mock) == ["token-1", "token-2"]


async def test_a_refused_stream_whose_renewal_fails_leaves_nothing_open(tmp_path: Path) -> None:
    script = PluginScript(tmp_path, 'run == 2 and sys.exit("log in"); print_credential(token="old")')
    configuration = ClientConfiguration(url=URL, exec=script.plugin())
    async with scripted(REFUSED, configuration=configuration) as (client, _):  # it checks that the stream is closed
        with pytest.raises(ConfigurationError, match="log in"):
            await client.stream("GET", "/").__aenter__()
