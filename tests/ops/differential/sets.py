"""Random sets of documents, and changes of them."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from ops.differential.spelling import SCALARS, Raw, contains_raw, spell_documents
from testing.comparison.kinds import Kind, definitions, kinds
from testing.comparison.steps import Edit, apply_edit

LARGEST = 20
NAMESPACE = "default"
"""The namespace of documents without one."""

# A quota and default limits change the Pods of their namespace.
SEPARATE_NAMESPACE = {"LimitRange", "ResourceQuota"}
# These contain values that only a controller or the test itself could make valid, or remove objects with them.
EXCLUDED = {"PodCertificateRequest", "IPAddress", "ServiceCIDR", "CustomResourceDefinition", "Namespace"}
# A finalizer that no program removes would keep the namespace.
EXCLUDED_EDITS = {"spec.finalizers"}
QUOTED = {
    "text": "a\nb\n",
    "empty": "",
    "number": "1",
    "yes": "yes",
    "unicode": "grün €",
    "spaces": " a  b ",
    "colon": "a: b",
}


@dataclass(frozen=True)
class Item:
    """One object of a set, with the resource that it belongs to."""

    api: str
    plural: str
    namespaced: bool
    document: dict[str, Any]

    @property
    def path(self) -> str:
        """Return the path of the object, with the default namespace if the document does not have a namespace."""
        metadata = self.document["metadata"]
        scope = f"namespaces/{metadata.get('namespace', NAMESPACE)}/" if self.namespaced else ""
        return f"/{self.api}/{scope}{self.plural}/{metadata['name']}"

    @property
    def kind(self) -> str:
        return str(self.document["kind"])


@dataclass(frozen=True)
class ManifestSet:
    """Documents for an apply, and changed documents for a diff."""

    number: int
    items: Sequence[Item]
    text: str
    changed: Sequence[Item]
    others: Sequence[tuple[Item, dict[str, Any], str]]
    """What a second field manager applies after the first: the object, the document, and the operation."""


class _Maker:
    """Makes one set. All names and groups of the set begin with its prefix."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = Random(f"{seed}-{number}")  # noqa: S311  # repeatable
        self.prefix = f"s{seed}-{number}"
        self.items: list[Item] = []
        self.widgets = self.random.random() < 0.2
        self.own_namespace = self.random.random() < 0.5

    def make(self) -> list[Item]:
        count = self.random.randint(1, LARGEST)
        if self.own_namespace:
            self._add("api/v1", "namespaces", namespaced=False, body=self._named("v1", "Namespace", self.prefix))
        if self.widgets:
            self._add_definitions()
            self._add_object([kind for kind in kinds() if kind.kind == "Gadget"])
        while len(self.items) < count:
            self._add_object()
        self.random.shuffle(self.items)
        return self.items[:LARGEST]

    def _add_definitions(self) -> None:
        for definition in definitions():
            body = json.loads(json.dumps(definition).replace("example.com", f"{self.prefix}.example.com"))
            self._add("apis/apiextensions.k8s.io/v1", "customresourcedefinitions", namespaced=False, body=body)

    def _add_object(self, choices: Sequence[Kind] = ()) -> None:
        kind = self.random.choice(choices or _usable_kinds())
        if (kind.is_custom and not self.widgets) or (kind.kind == "Event" and not self.own_namespace):
            return
        # The group of an APIService must not be that of the CustomResourceDefinitions.
        prefix = f"{self.prefix}.aggregated" if kind.kind == "APIService" else self.prefix
        kind_body = kind.new_body(prefix)
        edits = [edit for edit in kind.valid if edit.path not in EXCLUDED_EDITS]
        if edits and self.random.random() < 0.5:
            kind_body = apply_edit(kind_body, self.random.choice(edits))
        api = kind.api.replace("example.com", f"{self.prefix}.example.com") if kind.is_custom else kind.api
        kind_body["apiVersion"] = api.partition("/")[2]
        name = kind.name.replace("$namespace", prefix) or f"{self.prefix}-{len(self.items)}"
        kind_body["metadata"] = self._metadata(kind, name)
        kind_body = self._with_leftovers(kind, kind_body)
        if not any(item.plural == kind.plural and item.document["metadata"]["name"] == name for item in self.items):
            self._add(api, kind.plural, namespaced=kind.namespaced, body=kind_body)

    def _metadata(self, kind: Kind, name: str) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": name}
        if kind.kind in SEPARATE_NAMESPACE:
            metadata["namespace"] = f"{self.prefix}-limits"
            if not any(item.document["metadata"]["name"] == metadata["namespace"] for item in self.items):
                body = self._named("v1", "Namespace", metadata["namespace"])
                self._add("api/v1", "namespaces", namespaced=False, body=body)
        elif kind.kind == "Event":
            metadata["namespace"] = self.prefix  # that of the object which the event is about
        elif kind.namespaced and self.random.random() < 0.5:
            metadata["namespace"] = self.random.choice((NAMESPACE, self.prefix if self.own_namespace else NAMESPACE))
        if self.random.random() < 0.5:
            metadata["labels"] = {"app": "a", "example.com/set": self.prefix}
        if self.random.random() < 0.3:
            metadata["annotations"] = {"note": self.random.choice(list(QUOTED.values())), "y": "n"}
        return metadata

    def _with_leftovers(self, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
        """Add what programs leave in documents, and scalars of any type where the schema permits them."""
        if self.random.random() < 0.15:
            body["metadata"]["creationTimestamp"] = None
        if kind.kind in ("Deployment", "Service", "StatefulSet", "Widget") and self.random.random() < 0.2:
            # kubectl itself rejects a status without required fields, if it validates on the client.
            body["status"] = {"replicas": 0} if kind.kind == "StatefulSet" else {}
        if kind.kind == "ConfigMap":
            body["data"] = dict(self.random.sample(list(QUOTED.items()), self.random.randint(1, len(QUOTED))))
        if kind.kind == "Gadget":
            body["scalars"] = [Raw(text) for text in self.random.sample(SCALARS, 20)]
        return body

    def _named(self, api_version: str, kind: str, name: str) -> dict[str, Any]:
        return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}

    def _add(self, api: str, plural: str, *, namespaced: bool, body: dict[str, Any]) -> None:
        self.items.append(Item(api, plural, namespaced, body))


def make_set(seed: int, number: int) -> ManifestSet:
    """Return a set, which depends only on the seed and the number."""
    maker = _Maker(seed, number)
    items = maker.make()
    names = {item.document["metadata"]["name"] for item in items}
    # Do not keep objects of a namespace that the set lost when it was cut.
    items = [item for item in items if item.document["metadata"].get("namespace", NAMESPACE) in {*names, NAMESPACE}]
    groups = {item.document["spec"]["group"] for item in items if item.plural == "customresourcedefinitions"}
    items = [item for item in items if item.plural not in ("widgets", "gadgets") or _group(item) in groups]
    random = maker.random
    text = spell_documents(_wrapped([item.document for item in items], random), random)
    changed = [_changed(item, random) for item in items]
    others = [other for item in items if random.random() < 0.4 and (other := _other_manager(item, random))]
    return ManifestSet(number, items, text, changed, others)


def text_of(items: Sequence[Item], seed: int) -> str:
    """Return the text of changed items."""
    random = Random(f"text-{seed}")  # noqa: S311  # repeatable
    return spell_documents(_wrapped([item.document for item in items], random), random)


def relabeled(item: Item) -> Item:
    """Return an item with another label. The server accepts this change of all kinds."""
    document = copy.deepcopy(item.document)
    document["metadata"].setdefault("labels", {})["changed"] = "yes"
    return Item(item.api, item.plural, item.namespaced, document)


def _usable_kinds() -> list[Kind]:
    return [kind for kind in kinds() if kind.kind not in EXCLUDED and not (kind.is_custom and "beta" in kind.api)]


def _group(item: Item) -> str:
    return item.api.split("/")[1]


def _wrapped(documents: Sequence[dict[str, Any]], random: Random) -> list[dict[str, Any]]:
    """Return documents of a file: some are in Lists."""
    result: list[dict[str, Any]] = []
    rest = list(documents)
    while rest:
        count = random.randint(1, 4)
        if random.random() < 0.15 and not any(map(contains_raw, rest[:count])):
            result.append({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": rest[:count]})
            rest = rest[count:]
        else:
            result.append(_typed_list(rest[0]) if random.random() < 0.04 else rest[0])
            rest = rest[1:]
    return result


def _typed_list(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list of a kind. Its items do not contain their kind."""
    item = {key: value for key, value in document.items() if key not in ("apiVersion", "kind")}
    return {"apiVersion": document["apiVersion"], "kind": f"{document['kind']}List", "items": [item]}


def _changed(item: Item, random: Random) -> Item:
    document = copy.deepcopy(item.document)
    metadata = document["metadata"]
    choice = random.random()
    if choice < 0.2:
        return item
    if choice < 0.4:
        metadata["labels"] = {"app": "b", "changed": "yes"}
    elif choice < 0.5:
        metadata.pop("labels", None)
        metadata["annotations"] = {"note": "changed"}
    elif choice < 0.6 and item.kind == "ConfigMap":
        document["data"] = {"text": "changed", "number": "1", "second": "mine"}
    else:
        document = _edited(item, document, random)
    return Item(item.api, item.plural, item.namespaced, document)


def _edited(item: Item, document: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a document with an edit that the table of kinds lists for it."""
    edits: list[Edit] = [
        edit for kind in kinds() if kind.plural == item.plural for edit in kind.valid if edit.path not in EXCLUDED_EDITS
    ]
    if not edits or contains_raw(document):
        document["metadata"]["labels"] = {"edited": "yes"}
        return document
    edited: dict[str, Any] = apply_edit(document, random.choice(edits))
    return edited


def _other_manager(item: Item, random: Random) -> tuple[Item, dict[str, Any], str] | None:
    """Return what a second manager writes: fields for it alone, fields of both, and fields it takes over."""
    if contains_raw(item.document):
        return None
    metadata = item.document["metadata"]
    other: dict[str, Any] = {
        "apiVersion": item.document["apiVersion"],
        "kind": item.kind,
        "metadata": {"name": metadata["name"], "labels": {"other": "x"}, "annotations": {"second": "manager"}},
    }
    if random.random() < 0.5 and "labels" in metadata:
        other["metadata"]["labels"]["app"] = random.choice(("a", "c"))
    if item.kind == "ConfigMap":
        other["data"] = {"second": "other", "text": "a\nb\n", "number": "2"}
    if item.kind in ("Deployment", "StatefulSet") and random.random() < 0.5:
        other["spec"] = {"replicas": 7}
    return item, other, random.choice(("apply", "merge"))
