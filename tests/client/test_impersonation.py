"""Acting as somebody else, on the wire: each header in a line of its own, on every request."""

import pytest

from client.conftest import Connect
from client.turns import Turns, answer, refuse, stream
from kubex.configuration import Impersonation
from kubex.errors import Unauthorized
from transport.servers import Seen, Serve

pytestmark = pytest.mark.anyio

JANE = Impersonation(
    user="jäne", uid="42", groups=("devs", "admins"), extra={"example.com/Scopes": ("view", "edit"), "x": ("",)}
)
LINES = [
    ("Impersonate-User", "jäne"),
    ("Impersonate-Uid", "42"),
    ("Impersonate-Group", "devs"),
    ("Impersonate-Group", "admins"),
    ("Impersonate-Extra-example.com%2Fscopes", "view"),
    ("Impersonate-Extra-example.com%2Fscopes", "edit"),
    ("Impersonate-Extra-x", ""),
]


def lines(seen: Seen) -> list[tuple[str, str]]:
    """Return the lines of one request that say whom it acts as, in their order."""
    fields = [(name, value.encode("latin-1").decode()) for name, value in seen.headers]
    return [field for field in fields if field[0].lower().startswith("impersonate-")]


async def test_every_request_says_whom_it_acts_as(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(), refuse("401 Unauthorized"), stream(b"x")))
    configuration = {"token": "t", "impersonate": JANE}
    async with connect(server, configuration=configuration) as client:
        await client.request("GET", "/plain")
        with pytest.raises(Unauthorized):
            await client.request("POST", "/refused", json={})
        async with client.stream("GET", "/stream") as opened:
            assert await opened.receive() == b"x"
    assert [seen.target for seen in server.seen] == ["/plain", "/refused", "/stream"]
    for seen in server.seen:
        assert lines(seen) == LINES
        assert seen.header("authorization") == "Bearer t"


async def test_a_call_for_another_user_takes_nothing_from_the_configured_one(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(server, configuration={"token": "t", "impersonate": JANE}) as client:
        await client.request("GET", "/x", headers={"impersonate-user": "bob"})
        await client.request("GET", "/x", headers={"Impersonate-Uid": "43"})
    assert lines(server.seen[0]) == [("impersonate-user", "bob")]
    assert sorted(lines(server.seen[1])) == sorted(
        [*(line for line in LINES if line[1] != "42"), ("Impersonate-Uid", "43")]
    )
