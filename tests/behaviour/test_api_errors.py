"""Error responses of servers and the typed errors that Kubex raises for them."""

import pickle

import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import (
    AlreadyExists,
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    KubexError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    RequestEntityTooLarge,
    TLSError,
    Unauthorized,
    UnsupportedMediaType,
)
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio


async def test_anonymous_request_raises_forbidden(server: ServerHandle, namespace: str, backend: Backend) -> None:
    anonymous = server.anonymous().configuration(namespace=namespace)
    async with create_client(anonymous, client_class=backend) as client:
        with pytest.raises(Forbidden, match='403 Forbidden: configmaps "one" is forbidden: User ') as caught:
            await Api(ConfigMap, client).get("one")
        assert caught.value.reason == "Forbidden"
        assert caught.value.kind == "configmaps"
        with pytest.raises(Forbidden):
            async with Api(ConfigMap, client).watch():
                pytest.fail("the watch was opened")


async def test_unknown_token_raises_unauthorized(server: ServerHandle, backend: Backend) -> None:
    unknown_token = server.with_token("unknown-token")
    async with create_client(unknown_token.configuration(), client_class=backend) as client:
        with pytest.raises(Unauthorized, match="401 Unauthorized") as caught:
            await Api(ConfigMap, client).list()
        assert "unknown-token" not in repr(caught.value)
        with pytest.raises(Unauthorized):
            await client.version()


async def test_http_url_of_a_tls_server_raises_tls_error(server: ServerHandle, backend: Backend) -> None:
    plain = ClientConfiguration(url=server.url.replace("https://", "http://"))
    async with create_client(plain, client_class=backend) as client:
        with pytest.raises(TLSError, match="the server uses TLS on this port; use a URL with https://"):
            await Api(ConfigMap, client).list(namespace="default")


async def test_client_certificate_authenticates_the_user(server: ServerHandle, backend: Backend) -> None:
    configuration = server.as_user("root", ["system:masters"]).configuration()
    assert configuration.client_cert_data
    async with create_client(configuration, client_class=backend) as client:
        assert (await Api(Namespace, client).get("default")).metadata.name == "default"


async def test_unsupported_method_of_a_path_raises_method_not_allowed(client: Client) -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        await client.request("POST", "/api/v1/namespaces/default/configmaps/one", json={})
    assert caught.value.status == 405


@pytest.mark.covers("pitfall-12")
async def test_unknown_path_raises_not_found_with_a_plain_text_message(client: Client) -> None:
    with pytest.raises(NotFound, match="404: 404 page not found") as caught:
        await client.request("GET", "/apis/unknown.example/v1/gadgets")
    error = caught.value
    assert (error.reason, error.api_status.code, error.causes) == (None, 404, [])
    assert error.api_status.message == "404 page not found"


async def test_unsupported_accept_header_raises_not_acceptable(client: Client) -> None:
    with pytest.raises(NotAcceptable):
        await client.request("GET", "/api/v1/namespaces", accept="text/html")


async def test_unsupported_content_type_raises_unsupported_media_type(client: Client, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    with pytest.raises(UnsupportedMediaType):
        await client.request("POST", path, body=b"<xml/>", content_type="text/xml")


async def test_too_large_objects_raise_invalid_or_request_entity_too_large(client: Client) -> None:
    api = Api(ConfigMap, client)
    with pytest.raises(Invalid, match="Too long"):
        await api.create(config_map("one", {"big": "x" * (2**20 + 1)}))
    for size in (3 * 2**20 + 2**10, 4 * 2**20, 20 * 2**20):  # the server does not read the complete last body
        with pytest.raises(RequestEntityTooLarge) as caught:
            await api.create(config_map("one", {"big": "x" * size}))
        error = caught.value
        assert (error.status, error.reason) == (413, "RequestEntityTooLarge")
        assert error.message == "Request entity too large: limit is 3145728"


async def test_create_of_another_kind_raises_api_error(client: Client) -> None:
    wrong = config_map("one")
    wrong.kind = "Secret"
    with pytest.raises(ApiError) as caught:
        await Api(ConfigMap, client).create(wrong)
    assert caught.value.status == 400


async def test_create_in_a_missing_namespace_raises_not_found(client: Client) -> None:
    with pytest.raises(NotFound, match='namespaces "nowhere" not found'):
        await Api(ConfigMap, client).create(config_map("one"), namespace="nowhere")
    assert list((await Api(ConfigMap, client).list(namespace="nowhere")).items) == []


async def test_api_errors_derive_from_kubex_error_and_can_be_pickled(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    with pytest.raises(AlreadyExists) as caught:
        await api.create(config_map("one"))
    error = caught.value
    assert isinstance(error, KubexError)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.api_status) == (AlreadyExists, str(error), error.api_status)
    assert isinstance(copy, Conflict)


async def test_not_found_is_raised_without_a_retry_policy(
    server: ServerHandle, namespace: str, backend: Backend
) -> None:
    options = ClientOptions(retry=None)
    async with create_client(
        server.configuration(namespace=namespace), client_class=backend, options=options
    ) as client:
        with pytest.raises(NotFound):
            await Api(ConfigMap, client).get("none")
