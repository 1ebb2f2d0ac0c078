"""`Warning` headers of the server become Python warnings at the user's line."""

import inspect
import json
import warnings

import anyio
import pytest

from client.conftest import Connect
from client.turns import Turn, Turns, answer, refuse, stream
from kubex.api import Api
from kubex.core.exceptions import ApiWarning, Conflict, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from transport.servers import SECONDS, Peer, Serve

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-14")]

OBJECT = json.dumps({"metadata": {"name": "a", "uid": "u-1"}}).encode()
NEW = ConfigMap(metadata=ObjectMeta(name="a"))


def warned(*values: str, status: str = "200 OK", body: bytes = OBJECT) -> Turn:
    return answer(body, status=status, headers=[("Warning", value) for value in values])


def line_of(mark: str) -> int:
    module = inspect.getmodule(line_of)
    assert module is not None
    lines = inspect.getsource(module).splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {mark}"))


async def test_each_text_is_one_warning_at_the_users_line(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(warned('299 - "a, b is deprecated"', '299 - "one", 299 - "two"')))
    async with connect(server) as client:
        api = Api(ConfigMap, client)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = await api.get("a")  # get
    assert found.metadata.name == "a"
    assert [str(warning.message) for warning in caught] == ["a, b is deprecated", "one", "two"]
    assert {warning.category for warning in caught} == {ApiWarning}
    assert {(warning.filename, warning.lineno) for warning in caught} == {(__file__, line_of("get"))}


async def test_the_line_is_found_from_every_verb(connect: Connect, serve: Serve) -> None:
    version = json.dumps({"major": "1", "minor": "37", "gitVersion": "v1.37.2"}).encode()
    quoted = '299 - "look"'
    server = serve(
        Turns(
            warned(quoted),
            warned(quoted, body=b'{"items": []}'),
            warned(quoted, body=b'{"items": []}'),
            warned(quoted, body=version),
            warned(quoted),
            warned(quoted),
        )
    )
    async with connect(server) as client:
        api = Api(ConfigMap, client)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await api.create(NEW)  # create
            await api.list()  # list
            async for _ in api.pages():  # pages
                pass
            await client.version()  # version
            async with api.watch():  # watch
                pass
            await api.delete("a")  # delete
    marks = ("create", "list", "pages", "version", "watch", "delete")
    assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, line_of(mark)) for mark in marks]


async def test_where_warnings_are_errors_they_carry_the_result(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(warned('299 - "a, b is deprecated"', status="201 Created")))
    async with connect(server) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ApiWarning, match="a, b is deprecated") as caught:
                await Api(ConfigMap, client).create(NEW)
    assert isinstance(caught.value.result, ConfigMap)
    assert caught.value.result.metadata.uid == "u-1"


async def test_errors_have_warnings_too(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("404 Not Found", b"no", Warning='299 - "v1beta1 is deprecated"')))
    async with connect(server) as client:
        for call in (Api(ConfigMap, client).get, Api(ConfigMap, client).delete):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                with pytest.raises(NotFound):
                    await call("a")
            assert [str(warning.message) for warning in caught] == ["v1beta1 is deprecated"]
            assert caught[0].filename == __file__


async def test_an_error_is_not_hidden_by_its_warning(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("409 Conflict", b"no", Warning='299 - "old"')))
    async with connect(server) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(Conflict) as caught:
                await Api(ConfigMap, client).replace(NEW)
            assert isinstance(caught.value.__cause__, ApiWarning)
            with pytest.raises(Conflict):
                await Api(ConfigMap, client).watch().__aenter__()


async def test_a_stream_warns_when_it_opens(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(warned('299 - "old"', body=b"line\n")))
    async with connect(server) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async with client.stream("GET", "/") as opened:  # stream
                assert await opened.receive() == b"line\n"
    assert [(str(warning.message), warning.lineno) for warning in caught] == [("old", line_of("stream"))]


async def test_a_stream_whose_warning_is_an_error_leaves_nothing_open(connect: Connect, serve: Serve) -> None:
    def endless(peer: Peer) -> None:
        peer.chunked(headers='Warning: 299 - "old"\r\n')
        peer.wait_until_closed()

    server = serve(Turns(endless))
    async with connect(server) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ApiWarning, match="old"):
                async with client.stream("GET", "/"):
                    pytest.fail("the warning is an error")
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


@pytest.mark.covers("options-log_api_warnings-false")
async def test_they_can_be_switched_off(connect: Connect, serve: Serve) -> None:
    silent = refuse("404 Not Found", b"no", Warning='299 - "old"')
    server = serve(Turns(warned('299 - "old"'), silent, stream()))
    async with connect(server, log_api_warnings=False) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await Api(ConfigMap, client).get("a")
            with pytest.raises(NotFound) as caught:
                await Api(ConfigMap, client).get("a")
            async with client.stream("GET", "/"):
                pass
    assert caught.value.__cause__ is None


async def test_a_value_that_breaks_the_grammar_is_shown_whole(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(warned("this is no warning, is it")))
    async with connect(server) as client:
        with pytest.warns(ApiWarning, match="^this is no warning, is it$"):
            await Api(ConfigMap, client).get("a")


async def test_a_long_warning_is_read(connect: Connect, serve: Serve) -> None:
    text = "deprecated " * 1500
    server = serve(Turns(warned(f'299 - "{text}"')))
    async with connect(server) as client:
        with pytest.warns(ApiWarning, match="^deprecated deprecated"):
            await Api(ConfigMap, client).get("a")


async def test_other_warnings_filters_hold(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(warned('299 - "policy/v1beta1 PodDisruptionBudget is deprecated"')))
    async with connect(server) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", message="policy/v1beta1", category=ApiWarning)
            await Api(ConfigMap, client).get("a")
    assert caught == []
