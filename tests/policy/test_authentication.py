"""401 responses, and renewal of credentials."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from kubex.configuration import ClientConfiguration
from kubex.errors import ConfigurationError, Unauthorized
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse, MockTransport
from policy.conftest import CONFIGURATION, URL, error_response, scripted_client
from support.exec_plugins import PluginScript

pytestmark = pytest.mark.anyio

UNAUTHORIZED = error_response(401, b"invalid token")
SUCCESS = MockResponse(body=b"done")


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("old")
    return path


def token_file_configuration(token_file: Path) -> ClientConfiguration:
    return ClientConfiguration(url=URL, token_file=token_file)


def rotate(path: Path, token: str) -> None:
    """Replace a token file atomically, as a kubelet does."""
    new_file = path.with_name("fresh")
    new_file.write_text(token)
    new_file.replace(path)


def rotate_and_respond(path: Path, token: str, response: MockResponse) -> Callable[[PreparedRequest], MockResponse]:
    """Return a response function that replaces the token file before it responds."""

    def respond(_: PreparedRequest) -> MockResponse:
        rotate(path, token)
        return response

    return respond


def tokens(mock: MockTransport) -> list[str | None]:
    return [dict(request.headers).get("Authorization", "").removeprefix("Bearer ") for request in mock.requests]


@pytest.mark.parametrize("streamed", [False, True])
async def test_request_is_retried_once_with_renewed_credentials_after_401(token_file: Path, streamed: bool) -> None:
    script = rotate_and_respond(token_file, "new", UNAUTHORIZED), SUCCESS
    configuration = token_file_configuration(token_file)
    async with scripted_client(*script, configuration=configuration, retry=None) as (client, mock):
        if streamed:
            async with client.stream("GET", "/") as opened:
                assert await opened.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert tokens(mock) == ["old", "new"]


async def test_accepted_401_is_returned_after_the_credentials_were_renewed(token_file: Path) -> None:
    script = rotate_and_respond(token_file, "new", UNAUTHORIZED), rotate_and_respond(token_file, "newer", UNAUTHORIZED)
    async with scripted_client(*script, configuration=token_file_configuration(token_file)) as (client, mock):
        assert (await client.request("GET", "/", accept_status=(401,))).status == 401
    assert tokens(mock) == ["old", "new"]


async def test_second_401_raises_unauthorized(token_file: Path) -> None:
    script = rotate_and_respond(token_file, "new", UNAUTHORIZED), rotate_and_respond(token_file, "newer", UNAUTHORIZED)
    async with scripted_client(*script, configuration=token_file_configuration(token_file)) as (client, mock):
        with pytest.raises(Unauthorized, match="invalid token"):
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
async def test_401_with_static_credentials_is_not_retried(configuration: ClientConfiguration) -> None:
    async with scripted_client(UNAUTHORIZED, configuration=configuration) as (client, _):
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")


async def test_401_with_an_unchanged_token_is_not_retried(token_file: Path) -> None:
    async with scripted_client(UNAUTHORIZED, configuration=token_file_configuration(token_file)) as (client, _):
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")


async def test_concurrent_calls_are_each_retried_once_after_401(token_file: Path) -> None:
    all_rejected = anyio.Event()

    async def respond_by_token(request: PreparedRequest) -> MockResponse:
        if ("Authorization", "Bearer old") not in request.headers:
            return SUCCESS
        if tokens(mock).count("old") == 5:
            rotate(token_file, "new")
            all_rejected.set()
        await all_rejected.wait()
        return UNAUTHORIZED

    async with (
        scripted_client(*[respond_by_token] * 10, configuration=token_file_configuration(token_file)) as (client, mock),
        anyio.create_task_group() as group,
    ):
        for _ in range(5):
            group.start_soon(client.request, "GET", "/")
    assert tokens(mock) == ["old"] * 5 + ["new"] * 5


async def test_unreadable_token_file_raises_before_sending(tmp_path: Path) -> None:
    async with scripted_client(configuration=token_file_configuration(tmp_path / "missing")) as (client, _):
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            await client.request("GET", "/")
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            await client.stream("GET", "/").__aenter__()


async def test_credentials_that_expire_between_attempts_are_renewed(tmp_path: Path) -> None:
    script = PluginScript(
        tmp_path, 'print_credential(token=f"token-{run}", expirationTimestamp="2020-01-01T00:00:00Z")'
    )
    configuration = ClientConfiguration(url=URL, exec=script.plugin())
    throttled = error_response(429, Retry_After="0")
    async with scripted_client(throttled, SUCCESS, configuration=configuration) as (client, mock):
        await client.request("GET", "/")
    assert tokens(mock) == ["token-1", "token-2"]


async def test_stream_is_closed_if_the_renewal_after_401_fails(tmp_path: Path) -> None:
    script = PluginScript(tmp_path, 'run == 2 and sys.exit("log in"); print_credential(token="old")')
    configuration = ClientConfiguration(url=URL, exec=script.plugin())
    async with scripted_client(UNAUTHORIZED, configuration=configuration) as (client, _):
        # The mock transport fails the test if the stream is still open.
        with pytest.raises(ConfigurationError, match="log in"):
            await client.stream("GET", "/").__aenter__()
