"""Create, list, watch, patch and delete objects, and print each step.

    python examples/quickstart.py                   use an embedded API server; ignore KUBECONFIG
    python examples/quickstart.py --context NAME    use the cluster of this context of the kubeconfig

The program creates a namespace and deletes it at the end, also after a failure or Ctrl-C.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio

from kubex import Api, Client, ClientConfiguration, KubexError, MergePatch, NotFound, ObjectMeta, create_client
from kubex.configuration import configure_from_kubeconfig
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Namespace, PodSpec, PodTemplateSpec
from kubex_k8s.v1_37.meta.v1 import LabelSelector


def deployment(name: str, image: str, replicas: int) -> Deployment:
    """Return a Deployment. Type checkers know every field."""
    labels = {"app": name}
    return Deployment(
        metadata=ObjectMeta(name=name),
        spec=DeploymentSpec(
            replicas=replicas,
            selector=LabelSelector(match_labels=labels),
            template=PodTemplateSpec(
                metadata=ObjectMeta(labels=labels), spec=PodSpec(containers=[Container(name=name, image=image)])
            ),
        ),
    )


async def tour(client: Client, namespace: str) -> None:
    """Use each verb once."""
    config_maps = Api(ConfigMap, client, namespace=namespace)
    deployments = Api(Deployment, client, namespace=namespace)

    created = await config_maps.create(ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "blue"}))
    print(f"created   ConfigMap {created.metadata.name}, data {created.data}")
    web = await deployments.create(deployment("web", "nginx:1.29", replicas=1))
    print(f"created   Deployment {web.metadata.name}, {web.spec.replicas} replica of {image_of(web)}")

    listed = await deployments.list()
    print(f"listed    {[item.metadata.name for item in listed]} at revision {listed.resource_version}")

    # A watch that starts at the resource version of the list receives every later change.
    async with deployments.watch(resource_version=listed.resource_version) as events:
        patched = await deployments.patch("web", MergePatch({"spec": {"replicas": 3}}))
        print(f"patched   Deployment web, {patched.spec.replicas} replicas now")
        await deployments.delete("web")
        print("deleted   Deployment web")
        async for event in events:
            print(f"watched   {event.type} Deployment {event.object.metadata.name}")
            if event.type == "DELETED":
                break

    await config_maps.delete("settings")
    print(f"deleted   ConfigMap settings; found afterwards: {await config_maps.get_or_none('settings')}")


def image_of(obj: Deployment) -> str | None:
    """Return the image of the first container, or None: the API requires neither of them."""
    pods = obj.spec.template.spec
    return pods.containers[0].image if pods and pods.containers else None


@asynccontextmanager
async def temporary_namespace(client: Client) -> AsyncGenerator[str, None]:
    """Create a namespace, and delete it at the end of the block, also after an exception."""
    namespaces = Api(Namespace, client)
    name = f"kubex-quickstart-{secrets.token_hex(4)}"
    try:
        await namespaces.create(Namespace(metadata=ObjectMeta(name=name)))
        print(f"created   Namespace {name}")
        yield name
    finally:
        # Shielded, because after Ctrl-C other calls are cancelled immediately.
        with anyio.fail_after(30, shield=True), suppress(NotFound):
            await namespaces.delete(name)
            print(f"deleted   Namespace {name}")


async def run(configuration: ClientConfiguration, backend: str) -> None:
    """Connect, create a namespace and run the tour."""
    async with create_client(configuration, client_class=backend) as client:
        version = await client.version()
        print(f"connected to Kubernetes {version.git_version} at {configuration.url} with {client.backend.name}")
        async with temporary_namespace(client) as namespace:
            await tour(client, namespace)


async def main(options: argparse.Namespace) -> None:
    """Run on the cluster of a context, or on an embedded API server."""
    if options.context is not None:
        await run(await configure_from_kubeconfig(context=options.context), options.backend)
        return
    # Imported here, because kubex-testing is not needed on a cluster.
    from kubex_testing.embedded import EmbeddedServer

    async with EmbeddedServer() as handle:
        await run(handle.configuration(), options.backend)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--context", metavar="NAME", help="use the cluster of this context of the kubeconfig")
    parser.add_argument(
        "--backend", default="auto", metavar="NAME", help="aiohttp, httpx2 or httpx; default: selected automatically"
    )
    parser.add_argument("--runtime", default="asyncio", choices=["asyncio", "trio"], help="default: asyncio")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = parse_arguments()
    try:
        anyio.run(main, options, backend=options.runtime)
    except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C; the second one on Python 3.10
        sys.exit(130)
    except KubexError as error:
        sys.exit(f"quickstart: {error}")
