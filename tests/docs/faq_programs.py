"""Small programs that raise the errors in docs/faq.md."""

import asyncio
import pickle
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import anyio
import anyio.to_thread

from docs.blocks import ROOT
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.params import Timeout
from kubex.credentials import ExecPlugin
from kubex.discovery import Discovery
from kubex.models import ApiResource, NamespacedResource, ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_runtime import Informer, wait_for
from kubex_runtime.conditions import exists, ready
from kubex_testing.embedded import Answer, Delay, EmbeddedServer, Throttle

UNUSED = "http://127.0.0.1:9"  # the discard service, which is not installed


@dataclass(frozen=True)
class Cluster:
    """The server and the client that a program uses."""

    server: EmbeddedServer
    client: Client
    backend: str

    @property
    def configuration(self) -> ClientConfiguration:
        return self.client.configuration

    @property
    def config_maps(self) -> Api[ConfigMap]:
        return Api(ConfigMap, self.client, namespace="default")

    async def connect(self, configuration: ClientConfiguration | None = None, **options: Any) -> None:
        """Send one request with a new client."""
        settings = ClientOptions(retry=None, **options)
        source = configuration or self.configuration
        async with create_client(source, client_class=self.backend, options=settings) as client:
            await client.version()


class Website(NamespacedResource):
    """A custom resource that the server does not have."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Website", plural="websites")


Program = Callable[[Cluster], Awaitable[object]]


def run_python(*arguments: str) -> str:
    """Run a program in a process, and return its error output."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False).stderr


async def no_module(_: Cluster) -> None:
    raise RuntimeError(run_python("-I", "-S", "-c", "import kubex_k8s"))


async def missing_plugin(cluster: Cluster) -> None:
    plugin = ExecPlugin(command="no-such-plugin", api_version="client.authentication.k8s.io/v1")
    await cluster.connect(ClientConfiguration(url=UNUSED.replace("http", "https"), exec=plugin))


async def unknown_context(_: Cluster) -> None:
    await configure_from_kubeconfig(context="staging")


async def unknown_name(_: Cluster) -> None:
    # A name server is not used with this flag.
    socket.getaddrinfo("kubernetes", 443, flags=socket.AI_NUMERICHOST)


async def slow_call(cluster: Cluster) -> None:
    with cluster.server.inject("*", Delay()):
        await cluster.connect(timeout=0.2)


async def slow_read(cluster: Cluster) -> None:
    with cluster.server.inject("*", Delay()):
        await cluster.connect(timeout=Timeout(read=0.2))


async def redirect(cluster: Cluster) -> None:
    cluster.server.inject("*", Answer(302, b"", (("Location", "/login"),)))
    await cluster.connect()


async def web_page(cluster: Cluster) -> None:
    cluster.server.inject("*", Answer(200, b"<html>", (("Content-Type", "text/html"),)))
    await cluster.connect()


async def unknown_authority(cluster: Cluster) -> None:
    await cluster.connect(ClientConfiguration(url=cluster.configuration.url))


async def wrong_name(cluster: Cluster) -> None:
    await cluster.connect(replace(cluster.configuration, tls_server_name="other.example.com"))


async def plain_http(cluster: Cluster) -> None:
    await cluster.connect(ClientConfiguration(url=cluster.configuration.url.replace("https", "http")))


async def tls_to_plain_http(cluster: Cluster) -> None:
    with EmbeddedServer(tls=False) as handle:
        await cluster.connect(ClientConfiguration(url=handle.url.replace("http", "https")))


async def unauthorized(cluster: Cluster) -> None:
    await cluster.connect(cluster.server.handle.with_token("expired").configuration())


async def forbidden(cluster: Cluster) -> None:
    with EmbeddedServer(authorize=lambda *_: False) as handle:
        async with create_client(handle.configuration(), client_class=cluster.backend) as client:
            await Api(Pod, client, namespace="default").list()


async def missing_object(cluster: Cluster) -> None:
    await cluster.config_maps.get("settings")


async def running_pod(cluster: Cluster) -> Api[Pod]:
    """Return the pods; web-0 is running."""
    cluster.server.run_pods()
    pods = Api(Pod, cluster.client, namespace="default")
    container = {"name": "main", "image": "web:1"}
    await pods.create(Pod.model_validate({"metadata": {"name": "web-0"}, "spec": {"containers": [container]}}))
    await wait_for(pods, "web-0", ready(), timeout=5)
    return pods


async def missing_program(cluster: Cluster) -> None:
    await (await running_pod(cluster)).exec.run("web-0", ["ls -l"])


async def missing_folder(cluster: Cluster) -> None:
    await (await running_pod(cluster)).files.write("web-0", "/missing/color", b"blue")


async def existing_folder(cluster: Cluster) -> None:
    pods = await running_pod(cluster)
    await pods.exec.run("web-0", ["mkdir", "-p", "/srv/www"], check=True)
    await pods.files.upload("web-0", ROOT / "docs/tutorial", "/srv")


async def missing_resource(cluster: Cluster) -> None:
    await Api(Website, cluster.client, namespace="default").list()


async def already_exists(cluster: Cluster) -> None:
    for _ in range(2):
        await cluster.config_maps.create(ConfigMap(metadata=ObjectMeta(name="settings")))


async def changed_object(cluster: Cluster) -> None:
    old = await cluster.config_maps.create(ConfigMap(metadata=ObjectMeta(name="settings")))
    await cluster.config_maps.patch("settings", MergePatch({"data": {"color": "red"}}))
    await cluster.config_maps.replace(old)


async def other_manager(cluster: Cluster) -> None:
    for color in ("red", "blue"):
        settings = ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": color})
        await cluster.config_maps.apply(settings, field_manager=color)


async def old_version(cluster: Cluster) -> None:
    await cluster.config_maps.create(ConfigMap(metadata=ObjectMeta(name="settings")))
    cluster.server.compact()
    async with cluster.config_maps.watch(resource_version="1") as events:
        await anext(events)


async def invalid_object(cluster: Cluster) -> None:
    await cluster.config_maps.create(ConfigMap(metadata=ObjectMeta(name="A B")))


async def throttled(cluster: Cluster) -> None:
    cluster.server.inject("*", Throttle(body="status"))
    await cluster.connect()


async def unknown_kind(cluster: Cluster) -> None:
    await Discovery(cluster.client).kind("example.com/v1", "Widget")


async def nameless_apply(cluster: Cluster) -> None:
    await cluster.config_maps.apply(ConfigMap(metadata=ObjectMeta(name="settings")))


async def no_namespace(cluster: Cluster) -> None:
    await Api(Pod, cluster.client, namespace=None).get("web-0")


async def logs_of_config_map(cluster: Cluster) -> None:
    api: Any = cluster.config_maps
    await api.logs.read("settings")


async def forgotten_await(_: Cluster) -> None:
    client: Any = create_client()
    Api(ConfigMap, client)


async def unopened_watch(cluster: Cluster) -> None:
    await anext(aiter(cluster.config_maps.watch()))


async def unfulfilled_condition(cluster: Cluster) -> None:
    await wait_for(cluster.config_maps, "settings", exists(), timeout=0.1)


async def informer_without_run(cluster: Cluster) -> None:
    await Informer(cluster.config_maps).wait_synced(timeout=0.1)


async def closed_client(cluster: Cluster) -> None:
    async with create_client(cluster.configuration, client_class=cluster.backend) as client:
        pass
    await client.version()


async def other_loop(cluster: Cluster) -> None:
    await cluster.client.version()
    await anyio.to_thread.run_sync(lambda: anyio.run(cluster.client.version))


async def pickled_client(cluster: Cluster) -> None:
    pickle.dumps(cluster.client)


async def closed_loop(_: Cluster) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    loop.call_soon(print)


async def nested_run(_: Cluster) -> None:
    # In a process, since the test may run on trio.
    program = "import asyncio\nasync def main(): asyncio.run(None)\nasyncio.run(main())"
    raise RuntimeError(run_python("-c", program))


PROGRAMS: dict[str, Program] = {
    "No module named 'kubex_k8s'": no_module,
    "was not found on PATH": missing_plugin,
    "context 'staging' does not exist": unknown_context,
    "ConnectionRefusedError": lambda cluster: cluster.connect(ClientConfiguration(url=UNUSED)),
    "Name or service not known": unknown_name,
    "proxy http://127.0.0.1:": lambda cluster: cluster.connect(proxy=UNUSED),
    "no response within the total timeout": slow_call,
    "no data from the server for": slow_read,
    "redirects are not followed": redirect,
    "the response is not a JSON object": web_page,
    "the server's certificate was rejected: self-signed certificate in certificate chain": unknown_authority,
    "the server's certificate was rejected: Hostname mismatch": wrong_name,
    "the server uses TLS on this port": plain_http,
    "the server does not use TLS on this port": tls_to_plain_http,
    "401 Unauthorized": unauthorized,
    "403 Forbidden": forbidden,
    "404 NotFound": missing_object,
    "executable file not found in $PATH": missing_program,
    "Cannot open: No such file or directory": missing_folder,
    "the target exists and cannot be replaced": existing_folder,
    "the server does not have this resource": missing_resource,
    "409 AlreadyExists": already_exists,
    "409 Conflict: Operation cannot be fulfilled on": changed_object,
    "409 Conflict: Apply failed with 1 conflict: conflict with": other_manager,
    "410 Expired: too old resource version": old_version,
    "422 Invalid": invalid_object,
    "429 TooManyRequests": throttled,
    "the server does not have the kind": unknown_kind,
    "server-side apply needs the name of this program": nameless_apply,
    "get needs one namespace": no_namespace,
    "does not support logs": logs_of_config_map,
    "expected a Client, not _ClientContext": forgotten_await,
    "the stream is not open": unopened_watch,
    "did not fulfil": unfulfilled_condition,
    "its run() was not called": informer_without_run,
    "this client belongs to another event loop": other_loop,
    "the client is closed": closed_client,
    "a client cannot be pickled or copied": pickled_client,
    "asyncio.run() cannot be called from a running event loop": nested_run,
    "Event loop is closed": closed_loop,
}
"""The program that raises the error, by the text of its heading."""

ENVIRONMENTS: dict[str, dict[str, str | None]] = {
    "no configuration found": {"KUBECONFIG": None, "HOME": "/missing"},
    "no kubeconfig found": {"KUBECONFIG": None, "HOME": "/missing"},
    "none of these files exists": {"KUBECONFIG": str(ROOT / "missing")},
}
"""The variables with which `create_client()` raises the error; None unsets a variable."""
