"""Options of writes: dry run, field manager and field validation, and the API warnings of the server."""

import linecache
import warnings
from pathlib import Path

import pytest

from behaviour.objects import config_map, name_of
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import ApiWarning, BadRequest, Invalid
from kubex.models import ManagedObjectMeta
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing import ServerHandle
from kubex_testing.embedded import AddHeaders, Answer, EmbeddedServer
from support.resources import ManagedConfigMap

pytestmark = pytest.mark.anyio

JSON = ("Content-Type", "application/json")


def managers(obj: ManagedConfigMap) -> set[tuple[str | None, str | None]]:
    return {(entry.manager, entry.operation) for entry in obj.metadata.managed_fields or []}


def config_map_with_unknown_field(name: str) -> ConfigMap:
    """Return a ConfigMap with an unknown field."""
    return ConfigMap.model_validate({"metadata": {"name": name}, "data": {"a": "1"}, "dta": {"b": "2"}})


async def test_dry_run_stores_nothing(client: Client) -> None:
    api = Api(ConfigMap, client)
    dry_run_result = await api.create(config_map("one", {"a": "1"}), dry_run=True)
    assert dry_run_result.metadata.uid
    assert await api.get_or_none("one") is None
    stored = await api.create(config_map("one", {"a": "1"}))
    assert (await api.replace(config_map("one", {"a": "2"}), dry_run=True)).data == {"a": "2"}
    assert (await api.patch("one", MergePatch({"data": {"a": "3"}}), dry_run=True)).data == {"a": "3"}
    assert (await api.apply(config_map("one", {"b": "4"}), field_manager="me", dry_run=True)).data == {
        "a": "1",
        "b": "4",
    }
    assert await api.get("one") == stored


async def test_dry_run_validates_the_object(client: Client) -> None:
    with pytest.raises(Invalid):
        await Api(ConfigMap, client).create(config_map("Not_A_Name"), dry_run=True)


async def test_field_manager_is_recorded_in_managed_fields(client: Client) -> None:
    api = Api(ManagedConfigMap, client)
    config_map_one = ManagedConfigMap.model_validate({"metadata": {"name": "one"}, "data": {"a": "1"}})
    created = await api.create(config_map_one, field_manager="maker")
    assert managers(created) == {("maker", "Update")}
    patched = await api.patch("one", MergePatch({"data": {"b": "2"}}), field_manager="patcher")
    assert managers(patched) == {("maker", "Update"), ("patcher", "Update")}
    replaced = await api.replace(patched.model_copy(update={"data": {"c": "3"}}), field_manager="replacer")
    assert ("replacer", "Update") in managers(replaced)
    (entry,) = [entry for entry in created.metadata.managed_fields or [] if entry.manager == "maker"]
    assert entry.fields_v1 == {"f:data": {".": {}, "f:a": {}}}
    assert entry.time is not None


async def test_default_field_manager_comes_from_the_user_agent(
    client: Client, server: ServerHandle, namespace: str, backend: Backend
) -> None:
    config_map_one = ManagedConfigMap(metadata=ManagedObjectMeta(name="one"), data={"a": "1"})
    assert managers(await Api(ManagedConfigMap, client).create(config_map_one)) == {("kubex", "Update")}
    options = ClientOptions(user_agent="operator/1.2 (test)")
    async with create_client(
        server.configuration(namespace=namespace), client_class=backend, options=options
    ) as other_client:
        patched = await Api(ManagedConfigMap, other_client).patch("one", MergePatch({"data": {"b": "2"}}))
    assert managers(patched) == {("kubex", "Update"), ("operator", "Update")}


async def test_managed_fields_are_dropped_by_default(client: Client) -> None:
    created = await Api(ConfigMap, client).create(config_map("one"))
    assert "managedFields" not in created.to_dict()["metadata"]


async def test_strict_validation_of_unknown_fields_raises_bad_request(client: Client) -> None:
    api = Api(ConfigMap, client)
    with pytest.raises(BadRequest, match='strict decoding error: unknown field "dta"'):
        await api.create(config_map_with_unknown_field("one"), field_validation="Strict")
    assert await api.get_or_none("one") is None


async def test_field_validation_can_be_disabled(client: Client) -> None:
    created = await Api(ConfigMap, client).create(config_map_with_unknown_field("one"), field_validation="Ignore")
    assert created.data == {"a": "1"}


@pytest.mark.covers("pitfall-14")
async def test_api_warning_has_the_line_of_the_call(client: Client) -> None:
    with pytest.warns(ApiWarning, match='^unknown field "dta"$') as caught:
        created = await Api(ConfigMap, client).create(config_map_with_unknown_field("one"), field_validation="Warn")
    assert created.data == {"a": "1"}
    (warning,) = caught
    assert Path(warning.filename).name == Path(__file__).name
    assert 'config_map_with_unknown_field("one"), field_validation="Warn"' in linecache.getline(
        warning.filename, warning.lineno
    )


@pytest.mark.covers("pitfall-14")
async def test_api_warning_raised_as_an_error_carries_the_result(client: Client) -> None:
    api = Api(ConfigMap, client)
    with pytest.raises(ApiWarning, match='unknown field "dta"') as caught:
        await api.create(config_map_with_unknown_field("one"), field_validation="Warn")
    result = caught.value.result
    assert isinstance(result, ConfigMap)
    assert result == await api.get("one")


@pytest.mark.covers("pitfall-14")
async def test_each_warning_text_is_emitted_separately(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    values = ['299 - "a, b is deprecated"', '299 - "say \\"c\\"", 299 - "d"']
    kubex_server.inject("POST *", AddHeaders([("Warning", value) for value in values]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        created = await Api(ConfigMap, embedded_client).create(config_map("one"))
    assert [str(warning.message) for warning in caught] == ["a, b is deprecated", 'say "c"', "d"]
    assert name_of(created) == "one"


@pytest.mark.covers("pitfall-14")
async def test_api_error_with_a_warning_is_raised(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    status = b'{"kind":"Status","status":"Failure","message":"no","reason":"Invalid","code":422}'
    kubex_server.inject("POST *", Answer(422, status, (JSON, ("Warning", '299 - "beware"'))), times=2)
    api = Api(ConfigMap, embedded_client)
    with pytest.warns(ApiWarning, match="beware") as caught, pytest.raises(Invalid, match="422 Invalid: no"):
        await api.create(config_map("one"))
    assert len(caught) == 1
    with pytest.raises(Invalid) as error:
        await api.create(config_map("one"))
    assert isinstance(error.value.__cause__, ApiWarning)


async def test_api_warnings_can_be_disabled(server: ServerHandle, namespace: str, backend: Backend) -> None:
    options = ClientOptions(log_api_warnings=False)
    async with create_client(
        server.configuration(namespace=namespace), client_class=backend, options=options
    ) as client:
        created = await Api(ConfigMap, client).create(config_map_with_unknown_field("one"), field_validation="Warn")
    assert name_of(created) == "one"


@pytest.mark.covers("pitfall-14")
async def test_watch_emits_api_warnings(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    kubex_server.inject("GET *", AddHeaders([("Warning", '299 - "old watch"')]))
    with pytest.warns(ApiWarning, match="old watch") as caught:
        async with Api(Pod, embedded_client).watch():
            pass
    assert Path(caught[0].filename).name == Path(__file__).name
