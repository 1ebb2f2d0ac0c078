"""The revision from which a watch can be continued."""

import json

import pytest

from kubex.api import Api
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import scripted


def event(name: str, revision: str | None) -> bytes:
    """Make an event; the objects of metrics.k8s.io, for example, do not have a revision."""
    metadata = {"name": name} if revision is None else {"name": name, "resourceVersion": revision}
    return json.dumps({"type": "ADDED", "object": {"metadata": metadata}}).encode() + b"\n"


@pytest.mark.anyio
@pytest.mark.parametrize("start", [None, "3"])
async def test_an_event_without_a_revision_keeps_that_of_the_event_before(start: str | None) -> None:
    events = MockResponse(chunks=[event("a", None), event("b", "5"), event("c", None), event("d", "")])
    async with (
        scripted(events) as (client, _),
        Api(ConfigMap, client, namespace="default").watch(resource_version=start) as watch,
    ):
        found = [(each.object.metadata.name, watch.resource_version) async for each in watch]
    assert found == [("a", start), ("b", "5"), ("c", "5"), ("d", "5")]
