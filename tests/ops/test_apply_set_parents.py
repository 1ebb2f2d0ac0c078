"""The id of an apply set, and the lists in its parent object."""

from typing import Any

import pytest

from kubex.errors import ConfigurationError
from kubex_ops import ApplySet
from kubex_ops._plan.apply_sets import Contents, GroupKind, check_member, contents_of, parent_document
from kubex_ops.errors import ApplySetError

SHOP = ApplySet("shop", namespace="prod")
CONTENTS = Contents(
    frozenset({GroupKind("", "ConfigMap"), GroupKind("apps", "Deployment")}), frozenset({"prod", "b", "a"})
)


def parent(**annotations: str | None) -> dict[str, Any]:
    """Return the parent of SHOP; an annotation of None is removed."""
    document = parent_document(SHOP, CONTENTS, "1.2.3", None)
    stored = document["metadata"]["annotations"]
    for name, value in annotations.items():
        key = "applyset.kubernetes.io/" + name.replace("_", "-")
        stored.pop(key)
        if value is not None:
            stored[key] = value
    return document


def test_parent_document_lists_kinds_and_other_namespaces() -> None:
    assert parent_document(SHOP, CONTENTS, "1.2.3", "7") == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "shop",
            "namespace": "prod",
            "resourceVersion": "7",
            "labels": {"applyset.kubernetes.io/id": SHOP.id},
            "annotations": {
                "applyset.kubernetes.io/tooling": "kubex/1.2.3",
                "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps",
                "applyset.kubernetes.io/additional-namespaces": "a,b",
            },
        },
    }


def test_contents_are_read_from_the_parent() -> None:
    assert contents_of(SHOP, parent()) == CONTENTS
    assert contents_of(SHOP, parent(contains_group_kinds="", additional_namespaces=None)) == Contents(
        frozenset(), frozenset({"prod"})
    )


def test_id_depends_on_name_namespace_and_parent() -> None:
    # Calculated with: printf 'shop.prod.Secret.' | openssl sha256 -binary | basenc --base64url | tr -d =
    assert SHOP.id == "applyset-3eMhxrmWrshVG4P3vsSrKe_d4pE71qwAY-JhFz25mc0-v1"
    assert (
        len({SHOP.id, ApplySet("shop", "b").id, ApplySet("a", "prod").id, ApplySet("shop", "prod", "ConfigMap").id})
        == 4
    )


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        (
            {"tooling": None},
            r"Secret prod/shop: it exists, but does not have the annotation .*tooling.*choose another name",
        ),
        ({"tooling": "kubectl/v1.37.2"}, r"managed by 'kubectl'.*hand the set over"),
        ({"tooling": "example.com/tool/v1"}, "managed by 'example.com/tool'"),
        ({"contains_group_kinds": None}, r"not have the annotation .*contains-group-kinds: add it"),
    ],
)
def test_parent_of_something_else_is_refused_with_a_remedy(annotations: dict[str, str | None], message: str) -> None:
    with pytest.raises(ApplySetError, match=message) as caught:
        contents_of(SHOP, parent(**annotations))
    assert caught.value.apply_set == SHOP


def test_parent_with_another_id_is_refused() -> None:
    document = parent()
    document["metadata"]["labels"] = {"applyset.kubernetes.io/id": "applyset-x-v1"}
    with pytest.raises(ApplySetError, match=r"is 'applyset-x-v1', but the id is"):
        contents_of(SHOP, document)


def test_member_of_another_set_is_refused() -> None:
    check_member(SHOP, None, "Pod a")
    check_member(SHOP, {"applyset.kubernetes.io/part-of": SHOP.id}, "Pod a")
    with pytest.raises(ApplySetError, match=r"Pod a belongs to another set, with the id 'other'.*remove the label"):
        check_member(SHOP, {"applyset.kubernetes.io/part-of": "other"}, "Pod a")


def test_wrong_arguments_name_the_remedy() -> None:
    with pytest.raises(ConfigurationError, match=r"ApplySet.name: must be the name"):
        ApplySet("")
    with pytest.raises(ConfigurationError, match=r'must be "Secret" or "ConfigMap", not \'Pod\''):
        ApplySet("shop", parent="Pod")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigurationError, match=r"ApplySet.namespace: is required"):
        _ = ApplySet("shop").id


def test_namespace_of_a_set_is_its_own_or_the_first_candidate() -> None:
    assert SHOP.with_namespace("other") == SHOP
    assert ApplySet("shop").with_namespace(None, "second").namespace == "second"
    assert ApplySet("shop").with_namespace(None, None).namespace == "default"
