"""The state of a sequence while it is made: its random numbers, its resources and the objects of its steps."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

from testing.comparison.kinds import Kind
from testing.comparison.steps import Body, Edit, Step, apply_edit

V = TypeVar("V")
LABELS = ({"app": "a"}, {"app": "b"}, {"app": "a", "tier": "x"})


class Builder:
    """Makes the steps of one sequence."""

    def __init__(self, random: Random, namespace: str, kinds: Sequence[Kind]) -> None:
        self.random = random
        self.namespace = namespace
        self.kinds = kinds
        self.steps: list[Step] = []
        self.objects: dict[tuple[str, str], list[int]] = {}
        """The steps whose responses are probably the object, by collection path and name."""

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, *weighted: tuple[float, V]) -> V:
        """Return one of the values, each with its weight."""
        return self.random.choices([value for _, value in weighted], [weight for weight, _ in weighted])[0]

    def kind(self) -> Kind:
        """Return one of the resources of the sequence, usually the first."""
        return self.kinds[0] if self.chance(0.8) else self.random.choice(self.kinds)

    def name(self, kind: Kind) -> str:
        """Return one of two names of objects of this sequence."""
        if kind.name:
            return (
                str(json.loads(json.dumps(kind.name)))
                .replace("$namespace", self.namespace)
                .replace("$address", self._address())
            )
        letter = self.pick((4, "a"), (1, "b"))
        return letter if kind.namespaced else f"{self.namespace}-{letter}"

    def existing(self, kind: Kind) -> str:
        """Return the name of an object that probably exists, or any name."""
        names = [name for path, name in self.objects if path == self.collection(kind)]
        return self.random.choice(names) if names and self.chance(0.92) else self.name(kind)

    def collection(self, kind: Kind) -> str:
        scope = f"namespaces/{self.namespace}/" if kind.namespaced else ""
        return f"/{kind.api}/{scope}{kind.plural}"

    def base(self, kind: Kind, name: str, *, old: bool = False) -> int | None:
        """Return a step with the object: the last one, or an older one."""
        steps = self.objects.get((self.collection(kind), name))
        if not steps:
            return None
        return self.random.choice(steps) if old else steps[-1]

    def body(self, kind: Kind, name: str, *, invalid: float = 0.25) -> dict[str, Any]:
        """Return a random body for an object."""
        body = kind.new_body(self.namespace)
        body["metadata"] = {"name": name, "labels": self.labels(kind)}
        for edit in self.edits(kind, invalid):
            body = apply_edit(body, edit)
        for edit in self.metadata_edits(0.3):
            body = apply_edit(body, edit)
        return body

    def labels(self, kind: Kind) -> dict[str, str]:
        """Return labels. Objects without a namespace have one more, to select those of this sequence."""
        own = {} if kind.namespaced else {"sequence": self.namespace}
        return {**self.random.choice(LABELS), **own}

    def edits(self, kind: Kind, invalid: float) -> list[Edit]:
        """Return random edits: valid ones, and perhaps an invalid one."""
        count = self.pick((3, 0), (4, 1), (2, 2))
        edits = [self.random.choice(kind.valid) for _ in range(count if kind.valid else 0)]
        if kind.invalid and self.chance(invalid):
            edits.append(self.random.choice(kind.invalid))
        if kind.invalid and self.chance(invalid / 4):
            edits.append(
                self.pick((3, Edit("unknown", 1)), (2, Edit("spec.unknown", {"a": 1})), (1, Edit("data.unknown", 1)))
            )
        return edits

    def metadata_edits(self, probability: float) -> list[Edit]:
        """Return random edits of the metadata, some of them invalid."""
        if not self.chance(probability):
            return []
        other = self.random.choice(list(self.objects.items()))[1][-1] if self.objects else None
        uid = f"${{{other}:metadata.uid}}" if other is not None else "11111111-1111-1111-1111-111111111111"
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
        return [
            self.pick(
                (4, Edit("metadata.finalizers", ["example.com/hold"])),
                (2, Edit("metadata.finalizers", ["example.com/hold", "example.com/two"])),
                (1, Edit("metadata.finalizers", [])),
                (0.5, Edit("metadata.finalizers", ["nodomain"])),
                (0.5, Edit("metadata.finalizers", ["A B"])),
                (3, Edit("metadata.annotations", {"example.com/note": "text"})),
                (0.5, Edit("metadata.annotations", {"a b": "text"})),
                (3, Edit("metadata.labels.extra", "x")),
                (0.5, Edit("metadata.labels.extra", "not valid!")),
                (0.5, Edit("metadata.labels.extra", 5)),
                (3, Edit("metadata.ownerReferences", [owner])),
                (
                    1,
                    Edit(
                        "metadata.ownerReferences",
                        [{**owner, "controller": True}, {**owner, "name": "o", "controller": True}],
                    ),
                ),
                (0.5, Edit("metadata.ownerReferences", [{"kind": "ConfigMap", "name": "owner"}])),
                (1, Edit("metadata.generation", 7)),
                (0.5, Edit("metadata.uid", "22222222-2222-2222-2222-222222222222")),
                (0.5, Edit("metadata.deletionTimestamp", "2020-01-02T03:04:05Z")),
                (0.5, Edit("metadata.creationTimestamp", "2020-01-02T03:04:05Z")),
                (0.5, Edit("metadata.namespace", "elsewhere")),
                (0.5, Edit("metadata.selfLink", "/x")),
                (0.5, Edit("metadata.unknown", 1)),
                (0.3, Edit("metadata", 5)),
                (0.3, Edit("kind", "Wrong")),
                (0.3, Edit("apiVersion", "wrong/v9")),
                (0.3, Edit("kind", remove=True)),
                (0.3, Edit("apiVersion", remove=True)),
                (0.4, Edit("metadata.name", "Not_Valid")),
                (0.4, Edit("metadata.name", remove=True)),
            )
        ]

    def accept(self) -> str | None:
        """Return an Accept header, usually JSON."""
        table, partial = (
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        )
        partial_list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
        return self.pick(
            (90, "application/json"),
            (2, None),
            (3, "*/*"),
            (2, "application/yaml"),
            (0.5, "application/*"),
            (0.4, "text/html"),
            (1, "application/json, */*"),
            (3, table),
            (3, f"{table},application/json"),
            (2, partial),
            (1, partial_list),
            (0.5, f"{partial},application/json"),
            (0.5, table.replace("v=v1;", "v=v1beta1;")),
            (0.3, "application/json;as=Unknown;v=v1;g=meta.k8s.io"),
            (0.5, "application/yaml;q=0.9,application/json;q=0.1"),
        )

    def write_query(self, kind: Kind, **more: str) -> dict[str, str]:
        """Return random options of a write."""
        query = dict(more)
        if kind.dry_run:
            query["dryRun"] = "All"
        elif self.chance(0.12):
            query["dryRun"] = self.pick((10, "All"), (1, "Some"))
        if "fieldManager" not in query and self.chance(0.15):
            query["fieldManager"] = self.pick((6, "m1"), (3, "m2"), (0.5, "x" * 129), (0.5, "bad\u0007name"))
        if self.chance(0.2):
            query["fieldValidation"] = self.pick((6, "Strict"), (2, "Warn"), (2, "Ignore"), (1, "Sometimes"))
        if self.chance(0.02):
            query["unknown"] = "1"
        return query

    def add(self, verb: str, method: str, path: str, query: dict[str, str] | None = None, **more: Any) -> Step:
        """Append a step."""
        # References contain characters that must not be quoted.
        encoded = urlencode(query or {}, safe="${}:")
        step = Step(len(self.steps) + 1, verb, method, f"{path}?{encoded}" if encoded else path, **more)
        self.steps.append(step)
        return step

    def remember(self, kind: Kind, name: str, step: Step) -> None:
        """Note that the response of a step is probably an object, if it is complete JSON."""
        if (
            step.accept in ("application/json", None, "*/*")
            and "dryRun" not in step.path
            and "/status" not in step.path
        ):
            self.objects.setdefault((self.collection(kind), name), []).append(step.number)

    def _address(self) -> str:
        from testing.comparison.kinds import values

        return values(self.namespace)["$address"]

    def document_body(self, document: Any) -> Body:
        """Return a body in JSON, or sometimes in YAML."""
        return Body(document, yaml=self.chance(0.08))


def content_type_of(body: Body) -> str:
    return "application/yaml" if body.yaml else "application/json"
