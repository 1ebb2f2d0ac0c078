"""`Warning` headers on each pair; `tests/policy/test_api_warnings.py` tests how they are parsed."""

import warnings

import pytest

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_with
from kubex.api import Api
from kubex.errors import ApiWarning, NotFound
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import StartServer

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-14")]

LONG = "deprecated" * 1500
HEADERS = [("Warning", '299 - "a, b is deprecated"'), ("Warning", f'299 - "{LONG}"')]


async def test_each_warning_text_causes_one_warning(make_client: MakeClient, start_server: StartServer) -> None:
    first = respond_with(b'{"metadata": {"name": "a"}}', headers=[*HEADERS, ("Warning", '299 - "one", 299 - "two"')])
    server = start_server(ResponseSequence(first, respond_with(b"no", status="404 Not Found", headers=HEADERS)))
    async with make_client(server) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = await Api(ConfigMap, client).get("a")
            with pytest.raises(NotFound):
                await Api(ConfigMap, client).get("b")
    assert found.metadata.name == "a"
    texts = [str(warning.message) for warning in caught]
    assert texts == ["a, b is deprecated", LONG, "one", "two", "a, b is deprecated", LONG]
    assert {(warning.category, warning.filename) for warning in caught} == {(ApiWarning, __file__)}
