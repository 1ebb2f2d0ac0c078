"""Requests for the next page, and errors that end the iteration."""

from urllib.parse import parse_qs

import pytest

from kubex.api import Api
from kubex.errors import Expired
from kubex.transport import PreparedRequest
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio


def page(name: str, token: str | None = None) -> MockResponse:
    """Return a page with one object."""
    return MockResponse(
        json={"metadata": {"resourceVersion": "7", "continue": token}, "items": [{"metadata": {"name": name}}]}
    )


def expired(token: str | None) -> MockResponse:
    """Return the response for a continue token or resourceVersion that is too old."""
    return MockResponse(
        status=410,
        json={"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410, "metadata": {"continue": token}},
    )


def queries(requests: list[PreparedRequest]) -> list[dict[str, str]]:
    return [{name: value for name, [value] in parse_qs(each.target.partition("?")[2]).items()} for each in requests]


async def test_next_page_is_requested_with_the_token_and_without_resource_version() -> None:
    async with scripted_client(page("a", "t1"), page("b", "t2"), page("c")) as (client, mock):
        pages = Api(ConfigMap, client, namespace="default").pages(
            page_size=1, label_selector="a=b", resource_version="5", resource_version_match="NotOlderThan"
        )
        assert [each.metadata.name async for found in pages for each in found.items] == ["a", "b", "c"]
        assert pages.consistent
    assert queries(mock.requests) == [
        {"limit": "1", "labelSelector": "a=b", "resourceVersion": "5", "resourceVersionMatch": "NotOlderThan"},
        {"limit": "1", "labelSelector": "a=b", "continue": "t1"},
        {"limit": "1", "labelSelector": "a=b", "continue": "t2"},
    ]


async def test_pages_continue_with_the_token_of_an_expired_error() -> None:
    async with scripted_client(page("a", "t1"), expired("t2"), page("b")) as (client, mock):
        pages = Api(ConfigMap, client, namespace="default").pages(page_size=1)
        assert [each.metadata.name async for found in pages for each in found.items] == ["a", "b"]
        assert not pages.consistent
    assert queries(mock.requests) == [{"limit": "1"}, *({"limit": "1", "continue": f"t{n}"} for n in (1, 2))]


@pytest.mark.parametrize("token", [None, "t2"])
async def test_expired_first_page_raises(token: str | None) -> None:
    async with scripted_client(expired(token)) as (client, mock):
        with pytest.raises(Expired):
            await anext(Api(ConfigMap, client, namespace="default").pages(resource_version="5"))
    assert len(mock.requests) == 1


async def test_expired_token_without_a_new_token_raises() -> None:
    async with scripted_client(page("a", "t1"), expired(None)) as (client, _):
        pages = Api(ConfigMap, client, namespace="default").pages(page_size=1)
        await anext(pages)
        with pytest.raises(Expired):
            await anext(pages)
