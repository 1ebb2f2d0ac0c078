"""`Warning` headers of the server are emitted as Python warnings with the line of the caller."""

import inspect
import warnings

import pytest

from kubex.api import Api
from kubex.errors import ApiWarning, Conflict, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import error_response, scripted_client

pytestmark = pytest.mark.anyio

OBJECT = {"metadata": {"name": "a", "uid": "u-1"}}
NEW = ConfigMap(metadata=ObjectMeta(name="a"))


def with_warnings(*values: str, status: int = 200, json: object = OBJECT) -> MockResponse:
    return MockResponse(status=status, json=json, headers=[("Warning", value) for value in values])


def line_number(mark: str) -> int:
    module = inspect.getmodule(line_number)
    assert module is not None
    lines = inspect.getsource(module).splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {mark}"))


async def test_each_warning_text_is_emitted_at_the_line_of_the_caller() -> None:
    async with scripted_client(with_warnings('299 - "a, b is deprecated"', '299 - "one", 299 - "two"')) as (client, _):
        api = Api(ConfigMap, client)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = await api.get("a")  # get
    assert found.metadata.name == "a"
    assert [str(warning.message) for warning in caught] == ["a, b is deprecated", "one", "two"]
    assert {warning.category for warning in caught} == {ApiWarning}
    assert {(warning.filename, warning.lineno) for warning in caught} == {(__file__, line_number("get"))}


async def test_warnings_of_each_verb_have_the_line_of_the_caller() -> None:
    version = {"major": "1", "minor": "37", "gitVersion": "v1.37.2"}
    bodies = [OBJECT, {"items": []}, {"items": []}, version, OBJECT, OBJECT]
    async with scripted_client(*[with_warnings('299 - "look"', json=body) for body in bodies]) as (client, _):
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
    assert [(warning.filename, warning.lineno) for warning in caught] == [
        (__file__, line_number(mark)) for mark in marks
    ]


async def test_warning_raised_as_an_error_carries_the_result() -> None:
    async with scripted_client(with_warnings('299 - "a, b is deprecated"', status=201)) as (client, _):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ApiWarning, match="a, b is deprecated") as caught:
                await Api(ConfigMap, client).create(NEW)
    assert isinstance(caught.value.result, ConfigMap)
    assert caught.value.result.metadata.uid == "u-1"


async def test_warnings_of_error_responses_are_emitted() -> None:
    response = error_response(404, b"no", Warning='299 - "v1beta1 is deprecated"')
    async with scripted_client(response, response) as (client, _):
        for call in (Api(ConfigMap, client).get, Api(ConfigMap, client).delete):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                with pytest.raises(NotFound):
                    await call("a")
            assert [str(warning.message) for warning in caught] == ["v1beta1 is deprecated"]
            assert caught[0].filename == __file__


async def test_warning_raised_as_an_error_does_not_replace_the_api_error() -> None:
    response = error_response(409, b"no", Warning='299 - "old"')
    async with scripted_client(response, response) as (client, _):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(Conflict) as caught:
                await Api(ConfigMap, client).replace(NEW)
            assert isinstance(caught.value.__cause__, ApiWarning)
            with pytest.raises(Conflict):
                await Api(ConfigMap, client).watch().__aenter__()


async def test_stream_emits_warnings_when_it_opens() -> None:
    async with scripted_client(with_warnings('299 - "old"', json="line")) as (client, _):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async with client.stream("GET", "/") as opened:  # stream
                assert await opened.receive() == b'"line"'
    assert [(str(warning.message), warning.lineno) for warning in caught] == [("old", line_number("stream"))]


async def test_stream_is_closed_if_its_warning_is_raised() -> None:
    async with scripted_client(with_warnings('299 - "old"')) as (client, _):
        # The mock transport fails the test if the stream is still open.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ApiWarning, match="old"):
                await client.stream("GET", "/").__aenter__()


@pytest.mark.covers("options-log_api_warnings-false")
async def test_warnings_can_be_disabled() -> None:
    error = error_response(404, b"no", Warning='299 - "old"')
    success = with_warnings('299 - "old"')
    async with scripted_client(success, error, success, log_api_warnings=False) as (client, _):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await Api(ConfigMap, client).get("a")
            with pytest.raises(NotFound) as caught:
                await Api(ConfigMap, client).get("a")
            async with client.stream("GET", "/"):
                pass
    assert caught.value.__cause__ is None


async def test_malformed_warning_header_is_emitted_unchanged() -> None:
    async with scripted_client(with_warnings("malformed, without a code")) as (client, _):
        with pytest.warns(ApiWarning, match="^malformed, without a code$"):
            await Api(ConfigMap, client).get("a")


async def test_warning_filters_apply_to_api_warnings() -> None:
    deprecated = with_warnings('299 - "policy/v1beta1 PodDisruptionBudget is deprecated"')
    async with scripted_client(deprecated) as (client, _):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", message="policy/v1beta1", category=ApiWarning)
            await Api(ConfigMap, client).get("a")
    assert caught == []
