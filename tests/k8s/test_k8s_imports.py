"""Importing a kind loads only the modules that it needs, and shared schemas are built once."""

import subprocess
import sys

import pytest

ONE_KIND = """
import importlib.util, sys
from kubex_k8s.v1_37.core.v1 import ConfigMap
ConfigMap.model_validate_json(b'{"metadata": {}}')
unused = ["kubex.api", "kubex.client", "kubex.models._lazy.decode", "msgspec"]
unused += [f"kubex_k8s.v1_37.core.v1.{name}" for name in ("_pod", "_pod_spec")]
assert [name for name in unused if name in sys.modules] == []
assert [name for name in unused if importlib.util.find_spec(name) is None] == []
"""

SHARED_SCHEMAS = """
from kubex.models import ObjectMeta, ResourceList
from kubex.models._errors import decode
from kubex_k8s.v1_37.core.v1 import NodeSelector, Pod, PodSpec, PodTemplate, PodTemplateSpec
from kubex_k8s.v1_37.meta.v1 import LabelSelector
shared = (LabelSelector, NodeSelector, ObjectMeta, PodSpec, PodTemplateSpec)
assert not any(model.__pydantic_complete__ for model in (*shared, PodTemplate, Pod))
USE
assert all(model.__pydantic_complete__ for model in (*shared, PodTemplate))
assert not Pod.__pydantic_complete__
before = PodSpec.__pydantic_validator__
Pod()
assert PodSpec.__pydantic_validator__ is before
"""

USES = [
    "PodTemplate()",
    "PodTemplate.model_validate({})",
    "PodTemplate.model_validate_json(b'{}')",
    "decode(PodTemplate, b'{}', 'PodTemplate')",
    "PodTemplate.model_json_schema()",
    "ResourceList[PodTemplate].model_validate({'items': []})",
]


def run(code: str) -> None:
    """Run code in a new process, with warnings as errors."""
    completed = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr


def test_config_map_is_imported_without_pod_and_decoder() -> None:
    run(ONE_KIND)


@pytest.mark.parametrize("use", USES)
def test_first_use_of_a_model_builds_the_schemas_of_shared_models(use: str) -> None:
    run(SHARED_SCHEMAS.replace("USE", use))


def test_unknown_name_raises_attribute_error() -> None:
    import kubex_k8s.v1_37.core.v1 as package

    with pytest.raises(AttributeError, match=r"'kubex_k8s\.v1_37\.core\.v1' has no attribute 'Podd'"):
        _ = package.Podd  # type: ignore[attr-defined]  # the name is wrong on purpose
    assert "Pod" in dir(package)
    assert {"Pod", "ConfigMap"} <= set(package.__all__)
