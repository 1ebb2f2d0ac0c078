"""`kubex.manifests.dump()` and `objects()`."""

import datetime as dt
import math
from random import Random
from typing import Any

import pytest
import yaml

import kubex_k8s.v1_37
from kubex.discovery import Kinds
from kubex.errors import DecodeError, EncodeError, NoSuchKind
from kubex.manifests import dump, load, objects
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret

from .random_objects import random_object

LIVE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": "web",
        "namespace": "default",
        "uid": "1",
        "resourceVersion": "2",
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionTimestamp": "2026-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 0,
        "selfLink": "/api",
        "managedFields": [{"manager": "kubectl"}],
        "ownerReferences": [{"uid": "4"}],
    },
    "spec": {"ports": [{"port": 80}]},
    "status": {"loadBalancer": {}},
}


@pytest.mark.parametrize("seed", range(5))
def test_dumped_objects_are_loaded_unchanged(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # reproducible objects
    for _ in range(100):
        written = [random_object(random) for _ in range(2)]
        text = dump(written, full=True)
        assert [document.value for document in load(text)] == written
        assert [document.value for document in load(text.encode())] == written


def test_dump_omits_the_fields_of_the_server_unless_full() -> None:
    assert dump([LIVE]) == (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: default\n"
        '  ownerReferences:\n  - uid: "4"\nspec:\n  ports:\n  - port: 80\n'
    )
    assert "uid" in LIVE["metadata"]
    assert load(dump([LIVE], full=True))[0].value == LIVE


def test_dump_writes_models_mappings_and_documents() -> None:
    model = ConfigMap(metadata=ObjectMeta(name="a", uid="1"), data={"key": "no", "file": "a: 1\nb: 2\n"})
    text = dump([model, {"apiVersion": "v1", "kind": "ConfigMap"}, *load("{apiVersion: v1, kind: Secret}")])
    assert text == (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: 'no'\n  file: |\n    a: 1\n    b: 2\n"
        "---\napiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: Secret\n"
    )
    assert dump([]) == ""


def test_shared_values_are_written_without_aliases() -> None:
    labels = {"app": "web"}
    text = dump([{"apiVersion": "v1", "kind": "A", "metadata": {"labels": labels}, "spec": {"selector": labels}}])
    assert "&" not in text
    assert text.count("app: web") == 2


def test_text_that_parsers_could_read_as_another_value_has_quotes() -> None:
    values = [
        "y",
        "No",
        "on",
        "null",
        "~",
        "1e3",
        "0x1F",
        "0o7",
        "1_000",
        "12:30:45",
        "2026-01-02",
        "=",
        "<<",
        "",
        "1.",
    ]
    text = dump([{"apiVersion": "v1", "kind": "A", "values": values, "keys": dict.fromkeys(values, "x")}])
    loaded = yaml.safe_load(text)
    assert loaded["values"] == values
    assert list(loaded["keys"]) == values
    assert load(text)[0].value["values"] == values


def circular() -> dict[str, Any]:
    value: dict[str, Any] = {"kind": "Widget"}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"kind": "Widget", "spec": math.inf}, "cannot encode Widget: JSON does not have the number Infinity"),
        ({"kind": "Widget", "spec": "\ud800"}, "cannot encode Widget: ['spec']"),
        ({"spec": object()}, "cannot encode object: "),
        (circular(), "cannot encode Widget: it is nested too deep, or contains itself"),
    ],
)
def test_value_that_is_not_json_raises(value: dict[str, Any], message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        dump([value])
    assert message in str(caught.value)


def test_dates_and_tuples_are_written_as_json() -> None:
    value = {"apiVersion": "v1", "kind": "A", "at": dt.date(2026, 1, 2), "list": (1, 2)}
    assert load(dump([value]))[0].value["at"] == "2026-01-02"
    assert load(dump([value]))[0].value["list"] == [1, 2]


def test_objects_have_the_classes_of_their_kinds() -> None:
    text = dump([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"b": "c"}, "new": [1]}])
    (found,) = objects(load(text), Kinds(kubex_k8s.v1_37))
    assert type(found) is ConfigMap
    assert found.data == {"b": "c"}
    assert load(dump([found]))[0].value == load(text)[0].value


def test_objects_lists_all_documents_without_a_class() -> None:
    documents = load("{apiVersion: a.b/v1, kind: X, metadata: {name: w}}\n---\n{apiVersion: v1, kind: Secret}\n---\n"
                     "{apiVersion: v1, kind: Z}")  # fmt: skip
    with pytest.raises(NoSuchKind) as caught:
        objects(documents, Kinds(kubex_k8s.v1_37))
    assert str(caught.value) == (
        "the argument `kinds` does not have the kind a.b/v1 X w (document 1, line 1), v1 Z (document 3, line 5); "
        "add the classes to Kinds, or use Discovery.kind()"
    )
    with pytest.raises(NoSuchKind, match="X w"):
        objects(documents[:1], Kinds(Secret))


def test_object_that_does_not_fit_its_class_raises_without_its_values() -> None:
    documents = load("\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: hunter2}")
    with pytest.raises(DecodeError) as caught:
        objects(documents, Kinds(Deployment))
    assert "Deployment a (document 1, line 2): spec.replicas" in str(caught.value)
    assert "hunter2" not in str(caught.value)
