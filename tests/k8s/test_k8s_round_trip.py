"""Every kind can be decoded and encoded without loss, including unknown fields."""

import json
import pickle

import pytest

from kubex.models import LazyModel
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex_codegen._resources import body_schemas, find_resources
from support.openapi_documents import VERSIONS, RandomObjects, document, model_class


def kinds(version: str) -> list[tuple[str, str, str]]:
    """Return the schema, apiVersion and kind of all objects in responses and request bodies of a document."""
    resources = find_resources(document(version))
    served = [(found.schema, "/".join(filter(None, (found.group, found.version))), found.kind) for found in resources]
    return [*served, *body_schemas(document(version), resources)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("seed", range(2))
def test_decoding_and_encoding_preserves_objects_of_every_kind(version: str, seed: int) -> None:
    schemas = document(version).schemas
    lost = []
    for schema, api_version, kind in kinds(version):
        model = model_class(version, schema)
        original = RandomObjects(schemas, (version, schema, seed)).make(schema, api_version, kind)
        decoded = model.model_validate_json(json.dumps(original))
        if json.loads(decoded.to_json()) != original or decoded.to_dict() != original:
            lost.append(schema)
        assert decoded == model.model_validate(original)
    assert not lost


@pytest.mark.parametrize("version", VERSIONS)
def test_nulls_and_unusual_times_of_objects_of_every_kind_are_preserved(version: str) -> None:
    schemas = document(version).schemas
    lost: list[str] = []
    for schema, api_version, kind in kinds(version):
        model = model_class(version, schema)
        original = RandomObjects(schemas, (version, schema), odd=True).make(schema, api_version, kind)
        text = json.dumps(original).encode()
        decoded = [model.model_validate_json(text), model.model_validate(original)]
        if issubclass(model, LazyModel):
            decoded += [decode(model, text, kind) for decode in (decode_lazily, decode_eagerly) for _ in range(3)]
            decoded[2] = decoded[2].model_copy(deep=True)
            decoded[3] = pickle.loads(pickle.dumps(decoded[3]))
        changed = {**original, "metadata": {**original["metadata"], "labels": {"changed": "true"}}}
        for item in decoded:
            lost += [schema] if item.to_dict() != original else []
            item.metadata.labels = {"changed": "true"}
            lost += [schema] if json.loads(item.to_json()) != changed else []
    assert not lost


@pytest.mark.parametrize("version", VERSIONS)
def test_document_contains_well_known_kinds(version: str) -> None:
    found = kinds(version)
    assert len(found) > 80
    assert {"Pod", "Deployment", "TokenReview", "Eviction", "CustomResourceDefinition"} <= {kind for *_, kind in found}
