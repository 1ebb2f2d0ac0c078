"""Every kind can be decoded and encoded without loss, including unknown fields."""

import json

import pytest

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
def test_well_known_kinds_are_among_the_kinds_of_a_document(version: str) -> None:
    found = kinds(version)
    assert len(found) > 80
    assert {"Pod", "Deployment", "TokenReview", "Eviction", "CustomResourceDefinition"} <= {kind for *_, kind in found}
