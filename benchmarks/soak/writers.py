"""Random changes of objects of three kinds, in the process of the server."""

from collections.abc import Mapping
from random import Random
from typing import Any

from kubex_testing.embedded import EmbeddedServer

LIVE_OBJECTS = 2000
BATCH = 25
KINDS: Mapping[str, str] = {"configmaps": "ConfigMap", "secrets": "Secret", "serviceaccounts": "ServiceAccount"}
NAMESPACE = "default"
_PADDING = "x" * 100


class Writer:
    """Changes objects: a tenth of the changes are deletions, and half of the deleted names are created again."""

    def __init__(self, server: EmbeddedServer, random: Random, live_objects: int) -> None:
        self._server = server
        self._random = random
        self._names = [(kind, f"object-{number}") for number in range(live_objects // len(KINDS)) for kind in KINDS]
        self._live: set[tuple[str, str]] = set()
        self.events = 0

    def create_all(self) -> None:
        """Create all objects."""
        self._server.load([self._document(*key) for key in self._names])
        self._live.update(self._names)

    def write_batch(self) -> None:
        """Make about `BATCH` changes."""
        changed: list[dict[str, Any]] = []
        for _ in range(BATCH):
            key = self._random.choice(self._names)
            if key not in self._live or self._random.random() >= 0.1:
                changed.append(self._document(*key))
                self._live.add(key)
                continue
            # The deletion must not overtake earlier changes of the batch.
            self._server.load(changed)
            self._server.remove(*key, namespace=NAMESPACE)
            self.events += 1
            self._live.discard(key)
            changed = [self._document(*key)] if self._random.random() < 0.5 else []
            self._live.update({key} if changed else ())
        self._server.load(changed)

    def synchronize(self) -> None:
        """Continue with the objects that the server has, after their history went back."""
        self._live = {
            (kind, item["metadata"]["name"])
            for kind in KINDS
            for item in self._server.state(kind, namespace=NAMESPACE)
            if item["metadata"]["name"].startswith("object-")
        }

    def _document(self, kind: str, name: str) -> dict[str, Any]:
        self.events += 1
        annotations = {"number": str(self.events), "padding": _PADDING}
        metadata = {"name": name, "namespace": NAMESPACE, "annotations": annotations}
        return {"apiVersion": "v1", "kind": KINDS[kind], "metadata": metadata}
