"""Every kind decodes and dumps without loss, unknown fields included."""

import json

import pytest

from kubex_codegen._resources import bodies, find_resources
from support.documents import VERSIONS, RandomObjects, document, model_of


def kinds(version: str) -> list[tuple[str, str, str]]:
    """Return schema, apiVersion and kind of all that a document's paths serve or take."""
    resources = find_resources(document(version))
    served = [(found.schema, "/".join(filter(None, (found.group, found.version))), found.kind) for found in resources]
    return [*served, *bodies(document(version), resources)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("seed", range(2))
def test_objects_of_every_kind_survive_decoding_and_dumping(version: str, seed: int) -> None:
    schemas = document(version).schemas
    lost = []
    for schema, api_version, kind in kinds(version):
        model = model_of(version, schema)
        wanted = RandomObjects(schemas, (version, schema, seed)).make(schema, api_version, kind)
        decoded = model.model_validate_json(json.dumps(wanted))
        if json.loads(decoded.to_json()) != wanted or decoded.to_dict() != wanted:
            lost.append(schema)
        assert decoded == model.model_validate(wanted)
    assert not lost


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_of_the_paths_is_found(version: str) -> None:
    found = kinds(version)
    assert len(found) > 80
    assert {"Pod", "Deployment", "TokenReview", "Eviction", "CustomResourceDefinition"} <= {kind for *_, kind in found}
