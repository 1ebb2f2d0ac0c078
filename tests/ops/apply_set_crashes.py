"""Cancel applies with an apply set at random requests, and check that no wanted object is deleted.

This runs 1000 sequences on the embedded server, and 50 on a real control plane:
`PYTHONPATH=tests uv run python -m ops.apply_set_crashes 1000 --real 50`.
"""

import argparse
import random
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import anyio

from behaviour.apply_sets import PREFIX, Json, cluster_role, config_map, lists, secret
from behaviour.namespace_factory import NamespaceFactory
from kubex import ClientChoise
from kubex.api import Api
from kubex.client import Attempt, Client, ClientOptions, create_client
from kubex.discovery import Discovery
from kubex.models import Resource
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret
from kubex_k8s.v1_37.rbac.v1 import ClusterRole
from kubex_ops import ApplySet, apply
from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane
from kubex_testing.embedded import EmbeddedServer

_CRASHES = 3

Name = tuple[str, str, str]
"""The kind, the namespace or an empty string, and the name of an object."""


class Live(NamedTuple):
    """An object on the server."""

    uid: str
    is_member: bool
    value: object


class Crash:
    """An observer that cancels a scope at one request: before it is sent, or after its response."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.number = 0
        self.after = False
        self._seen = 0

    def start(self, scope: anyio.CancelScope, number: int, *, after: bool) -> None:
        """Cancel the scope at the request with a number, from 1; with 0 never."""
        self.scope, self.number, self.after, self._seen = scope, number, after, 0

    @contextmanager
    def attempt(self, _: Attempt) -> Generator[None]:
        """Count the requests, and cancel at the one with the number."""
        self._seen += 1
        is_reached = self._seen == self.number
        if is_reached and not self.after:
            self.scope.cancel()
        yield
        if is_reached and self.after:
            self.scope.cancel()


class CrashSequence:
    """Applies different documents with the same set. Some applies are cancelled; the last one is not."""

    def __init__(
        self, client: Client, crash: Crash, discovery: Discovery[Any], namespaces: list[str], seed: int
    ) -> None:
        self._client = client
        self._crash = crash
        self._discovery = discovery
        self._namespaces = namespaces
        self._random = random.Random(seed)  # noqa: S311 - test data
        self._apply_set = ApplySet("shop", namespaces[0])
        self.cancelled = 0

    async def run(self) -> None:
        """Run the sequence; raises AssertionError if an object is deleted too early, or is left at the end."""
        await self._apply(self._documents(), cancel=False)
        for _ in range(_CRASHES):
            documents, before = self._documents(), await self._live()
            await self._apply(documents, cancel=True)
            check_wanted(set(map(name_of, documents)), before, await self._live())
        documents = self._documents()
        await self._apply(documents, cancel=False)
        await self._check_end(documents)

    def _documents(self) -> list[Json]:
        first, second = self._namespaces
        value = self._random.choice("12")
        possible = [
            *(config_map(name, first, value=value) for name in "abc"),
            config_map("a", second, value=value),
            secret("s", second),
            cluster_role(f"role-{first}"),
        ]
        return self._random.sample(possible, self._random.randint(0, len(possible)))

    async def _apply(self, documents: Sequence[Json], *, cancel: bool) -> None:
        # An apply has about 2 requests per object, and 10 more. If the number is higher, the apply is complete.
        number = self._random.randint(1, 3 * len(documents) + 12) if cancel else 0
        with anyio.CancelScope() as scope:
            self._crash.start(scope, number, after=self._random.random() < 0.5)
            await apply(
                self._client,
                documents,
                field_manager="me",
                apply_set=self._apply_set,
                discovery=self._discovery,
                concurrency=self._random.choice((1, 4)),
            )
        self._crash.start(scope, 0, after=False)
        self.cancelled += scope.cancelled_caught

    async def _live(self) -> dict[Name, Live]:
        """Return the objects that the sequence can have created."""
        first, second = self._namespaces
        kinds: list[tuple[type[Resource], str | None]] = [
            (ConfigMap, first),
            (ConfigMap, second),
            (Secret, second),
            (ClusterRole, None),
        ]
        found: dict[Name, Live] = {}
        for kind, namespace in kinds:
            for item in await Api(kind, self._client, namespace=namespace).list():
                name, labels = item.metadata.name or "", item.metadata.labels or {}
                if name in {"a", "b", "c", "s", f"role-{first}"}:
                    is_member = labels.get(PREFIX + "part-of") == self._apply_set.id
                    value = item.data if isinstance(item, ConfigMap) else None
                    found[kind.__name__, namespace or "", name] = Live(item.metadata.uid or "", is_member, value)
        return found

    async def _check_end(self, documents: Sequence[Json]) -> None:
        """Check that the state is that after one apply without cancellation."""
        live = await self._live()
        expected = {name_of(document): document for document in documents}
        assert live.keys() == expected.keys()
        assert all(each.is_member for each in live.values())
        values = {name: each.value for name, each in live.items() if each.value is not None}
        assert values == {name: expected[name]["data"] for name in values}
        groups = {"ClusterRole": "ClusterRole.rbac.authorization.k8s.io"}
        kinds = sorted({groups.get(kind, kind) for kind, _, _ in expected})
        others = {namespace for _, namespace, _ in expected} - {"", self._namespaces[0]}
        assert await lists(self._client, "shop") == (",".join(kinds), ",".join(others))


def name_of(document: Json) -> Name:
    """Return what identifies a document."""
    return document["kind"], document["metadata"].get("namespace", ""), document["metadata"]["name"]


def check_wanted(wanted: set[Name], before: dict[Name, Live], after: dict[Name, Live]) -> None:
    """Check that no wanted object was deleted, and no other one before all wanted objects were applied."""
    kept = wanted & before.keys() if wanted <= after.keys() else before.keys()
    for name in kept:
        assert name in after, f"{name} was deleted"
        assert after[name].uid == before[name].uid, f"{name} was deleted and created again"


async def run_sequences(
    server: ServerHandle, seeds: Sequence[int], client_class: Backend | ClientChoise = ClientChoise.AUTO
) -> int:
    """Run sequences, and return the number of applies that were cancelled."""
    factory, crash, cancelled = NamespaceFactory(server), Crash(), 0
    for seed in seeds:
        namespaces = [factory.create(), factory.create()]
        configuration = server.configuration(namespace=namespaces[0])
        options = ClientOptions(observers=(crash,))
        async with create_client(configuration, options=options, client_class=client_class) as client:
            sequence = CrashSequence(client, crash, Discovery(client), namespaces, seed)
            try:
                await sequence.run()
            except BaseException as error:
                raise AssertionError(f"sequence {seed}") from error
            cancelled += sequence.cancelled
    factory.close()
    return cancelled


def main() -> None:
    """Run the sequences that the arguments request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("embedded", type=int, help="the number of sequences on the embedded server")
    parser.add_argument("--real", type=int, default=0, help="the number of sequences on a real control plane")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first sequence")
    arguments = parser.parse_args()
    with EmbeddedServer() as handle:
        seeds = range(arguments.seed, arguments.seed + arguments.embedded)
        cancelled = anyio.run(run_sequences, handle, seeds)
        sys.stdout.write(f"embedded server: {len(seeds)} sequences, {cancelled} applies cancelled\n")
    if arguments.real:
        with ControlPlane() as handle:
            seeds = range(arguments.seed, arguments.seed + arguments.real)
            cancelled = anyio.run(run_sequences, handle, seeds)
            sys.stdout.write(f"control plane: {len(seeds)} sequences, {cancelled} applies cancelled\n")


if __name__ == "__main__":
    main()
