"""Test code that uses Kubernetes, without a cluster: `pytest examples/test_feature_flags.py`.

kubex-testing provides the fixtures. `kubex_server` is a new embedded API server for each test, to inject faults, and
`kubex_server_handle` is its handle, to connect to it.
"""

import pytest

from kubex import Api, ClientOptions, ObjectMeta, create_client
from kubex.errors import ServiceUnavailable
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, EmbeddedServer


async def enabled_flags(api: Api[ConfigMap]) -> set[str]:
    """Return the names of the enabled flags. This is the code under test."""
    config_map = await api.get_or_none("flags")
    return {name for name, value in (config_map.data or {}).items() if value == "on"} if config_map else set()


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests only on asyncio. By default, AnyIO runs them on every async library that is installed."""
    return "asyncio"


@pytest.mark.anyio
async def test_only_flags_that_are_on_are_returned(kubex_server_handle: ServerHandle) -> None:
    async with create_client(kubex_server_handle.configuration()) as client:
        api = Api(ConfigMap, client)
        await api.create(ConfigMap(metadata=ObjectMeta(name="flags"), data={"fast": "on", "loud": "off"}))
        assert await enabled_flags(api) == {"fast"}


@pytest.mark.anyio
async def test_without_a_config_map_all_flags_are_off(kubex_server_handle: ServerHandle) -> None:
    async with create_client(kubex_server_handle.configuration()) as client:
        assert await enabled_flags(Api(ConfigMap, client)) == set()


@pytest.mark.anyio
async def test_a_server_error_is_raised(kubex_server: EmbeddedServer) -> None:
    kubex_server.inject("GET *", Answer(503), times=None)
    async with create_client(kubex_server.handle.configuration(), options=ClientOptions(retry=None)) as client:
        with pytest.raises(ServiceUnavailable):
            await enabled_flags(Api(ConfigMap, client))
