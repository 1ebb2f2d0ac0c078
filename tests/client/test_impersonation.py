"""Tests of the impersonation headers of requests and streams."""

import pytest

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_error, respond_stream, respond_with
from kubex.configuration import Impersonation
from kubex.errors import Unauthorized
from kubex_testing.compliance.servers import ReceivedRequest, StartServer

pytestmark = pytest.mark.anyio

JANE = Impersonation(
    user="jäne", uid="42", groups=("devs", "admins"), extra={"example.com/Scopes": ("view", "edit"), "x": ("",)}
)
HEADER_LINES = [
    ("Impersonate-User", "jäne"),
    ("Impersonate-Uid", "42"),
    ("Impersonate-Group", "devs"),
    ("Impersonate-Group", "admins"),
    ("Impersonate-Extra-example.com%2Fscopes", "view"),
    ("Impersonate-Extra-example.com%2Fscopes", "edit"),
    ("Impersonate-Extra-x", ""),
]


def impersonation_headers(request: ReceivedRequest) -> list[tuple[str, str]]:
    """Return the impersonation headers of a request in their order."""
    fields = [(name, value.encode("latin-1").decode()) for name, value in request.headers]
    return [field for field in fields if field[0].lower().startswith("impersonate-")]


async def test_every_request_has_the_impersonation_headers(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with(), respond_error("401 Unauthorized"), respond_stream(b"x")))
    configuration = {"token": "t", "impersonate": JANE}
    async with make_client(server, configuration=configuration) as client:
        await client.request("GET", "/plain")
        with pytest.raises(Unauthorized):
            await client.request("POST", "/refused", json={})
        async with client.stream("GET", "/stream") as stream:
            assert await stream.receive() == b"x"
    assert [request.target for request in server.requests] == ["/plain", "/refused", "/stream"]
    for request in server.requests:
        assert impersonation_headers(request) == HEADER_LINES
        assert request.header("authorization") == "Bearer t"


async def test_impersonation_headers_of_a_call_replace_the_configured_ones(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, configuration={"token": "t", "impersonate": JANE}) as client:
        await client.request("GET", "/x", headers={"impersonate-user": "bob"})
        await client.request("GET", "/x", headers={"Impersonate-Uid": "43"})
    assert impersonation_headers(server.requests[0]) == [("impersonate-user", "bob")]
    assert sorted(impersonation_headers(server.requests[1])) == sorted(
        [*(line for line in HEADER_LINES if line[1] != "42"), ("Impersonate-Uid", "43")]
    )
