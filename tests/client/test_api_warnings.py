"""`Warning` headers arrive complete on each pair; `tests/policy/test_api_warnings.py` has the rules."""

import warnings

import pytest

from client.conftest import Connect
from client.scripted_server import Turns, answer
from kubex.api import Api
from kubex.errors import ApiWarning, NotFound
from kubex_k8s.v1_37.core.v1 import ConfigMap
from transport.socket_server import Serve

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-14")]

LONG = "deprecated" * 1500
HEADERS = [("Warning", '299 - "a, b is deprecated"'), ("Warning", f'299 - "{LONG}"')]


async def test_each_text_is_one_warning(connect: Connect, serve: Serve) -> None:
    first = answer(b'{"metadata": {"name": "a"}}', headers=[*HEADERS, ("Warning", '299 - "one", 299 - "two"')])
    server = serve(Turns(first, answer(b"no", status="404 Not Found", headers=HEADERS)))
    async with connect(server) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = await Api(ConfigMap, client).get("a")
            with pytest.raises(NotFound):
                await Api(ConfigMap, client).get("b")
    assert found.metadata.name == "a"
    texts = [str(warning.message) for warning in caught]
    assert texts == ["a, b is deprecated", LONG, "one", "two", "a, b is deprecated", LONG]
    assert {(warning.category, warning.filename) for warning in caught} == {(ApiWarning, __file__)}
