"""A server that responds with status 200 and something else is an error that names the path."""

import pytest

from kubex.client import create_client
from kubex.configuration import ClientConfiguration
from kubex_codegen import CodegenError, fetch_document
from kubex_testing import MockResponse, MockTransport

pytestmark = pytest.mark.anyio

CONFIGURATION = ClientConfiguration(url="http://cluster.test")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def refused(response: MockResponse) -> str:
    with MockTransport([response]) as mock:
        async with create_client(CONFIGURATION, client_class=mock.backend) as client:
            with pytest.raises(CodegenError, match="/openapi/v3") as caught:
                await fetch_document(client)
    return str(caught.value)


async def test_html_response_is_an_error_that_names_its_content_type() -> None:
    assert "text/html" in await refused(MockResponse(body=b"<html>Sign in", headers={"Content-Type": "text/html"}))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"kind":"Status","status":"Failure","code":504}'])
async def test_unexpected_content_is_an_error(body: bytes) -> None:
    await refused(MockResponse(body=body, headers={"Content-Type": "application/json"}))
