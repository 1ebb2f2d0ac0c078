"""Importing one kind loads what it needs, and schemas that are shared are built once."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from kubex_k8s.v1_37.core.v1 import ConfigMap
ConfigMap.model_validate_json(b'{"metadata": {}}')
loaded = {name.rpartition(".")[2] for name in sys.modules if name.startswith(("kubex", "kubex_k8s"))}
assert "_config_map" in loaded
assert not loaded & {"_pod", "_pod_spec", "_raw", "api", "client"}, loaded
assert "msgspec" not in sys.modules
"""

SHARED = """
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
    """Run code in a fresh process, warnings as errors."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_a_config_map_builds_no_pod() -> None:
    run(LOADED)


@pytest.mark.parametrize("use", USES)
def test_the_first_use_completes_the_shared_models_first(use: str) -> None:
    run(SHARED.replace("USE", use))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    import kubex_k8s.v1_37.core.v1 as package

    with pytest.raises(AttributeError, match=r"'kubex_k8s\.v1_37\.core\.v1' has no attribute 'Podd'"):
        _ = package.Podd  # type: ignore[attr-defined]  # that is the point
    assert "Pod" in dir(package)
    assert {"Pod", "ConfigMap"} <= set(package.__all__)
