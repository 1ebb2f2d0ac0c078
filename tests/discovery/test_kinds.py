"""`Kinds` finds classes in generated packages, and imports nothing else."""

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import kubex_k8s.v1_35
import kubex_k8s.v1_36
import kubex_k8s.v1_37
import kubex_k8s.v1_37.apps
from kubex.discovery import Kinds
from kubex.models import CreateOnly, api_resource, dynamic_resource
from kubex_k8s.v1_36.core.v1 import Pod as OlderPod
from kubex_k8s.v1_37.authentication.v1 import TokenReview
from kubex_k8s.v1_37.core.v1 import Pod
from support.resources import Widget

LOOK_UP = """
import sys
import kubex_k8s.v1_37
from kubex.discovery import Kinds
kinds = Kinds(kubex_k8s.v1_37)
loaded = lambda: {name for name in sys.modules if name.startswith("kubex_k8s.v1_37.")}
assert loaded() == {"kubex_k8s.v1_37._kinds"}
assert kinds.find("apps/v1", "Nothing") is None
assert kinds.find("v1", "ConfigMap").__resource__.plural == "configmaps"
assert loaded() == {f"kubex_k8s.v1_37{name}" for name in ("._kinds", ".core", ".core.v1", ".core.v1._config_map")}
"""


@pytest.mark.parametrize("package", [kubex_k8s.v1_35, kubex_k8s.v1_36, kubex_k8s.v1_37])
def test_kinds_finds_each_kind_of_a_package(package: ModuleType) -> None:
    from importlib import import_module

    index: dict[str, str] = import_module(f"{package.__name__}._kinds").KINDS
    kinds = Kinds(package)
    for key in index:
        api_version, _, kind = key.rpartition("/")
        found = kinds.find(api_version, kind)
        assert found is not None
        resource = api_resource(found)
        assert (resource.api_version, resource.kind) == (api_version, kind)
    assert len(index) > 60


def test_look_up_imports_only_the_class_that_it_finds() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", LOOK_UP], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_kinds_that_can_only_be_created_are_not_found() -> None:
    assert issubclass(TokenReview, CreateOnly)
    assert Kinds(kubex_k8s.v1_37).find("authentication.k8s.io/v1", "TokenReview") is None


def test_classes_have_priority_over_packages_and_packages_over_later_ones() -> None:
    assert Kinds(kubex_k8s.v1_37, Widget).find("example.com/v1", "Widget") is Widget
    assert Kinds(kubex_k8s.v1_37, OlderPod).find("v1", "Pod") is OlderPod
    assert Kinds(kubex_k8s.v1_37, kubex_k8s.v1_36).find("v1", "Pod") is Pod
    assert Kinds(kubex_k8s.v1_36, kubex_k8s.v1_37).find("v1", "Pod") is OlderPod
    assert Kinds().find("v1", "Pod") is None


def test_two_classes_of_one_kind_raise_value_error() -> None:
    other = dynamic_resource("example.com/v1", "Widget", plural="widgets")
    with pytest.raises(ValueError, match=r"support\.resources\.Widget and .* are both classes of Widget in example"):
        Kinds(Widget, other)
    assert Kinds(Widget, Widget).find("example.com/v1", "Widget") is Widget


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            kubex_k8s.v1_37.apps,
            r"kubex_k8s\.v1_37\.apps does not contain an index of kinds: pass a package such as kubex_k8s",
        ),
        (sys, "sys does not contain an index of kinds"),
        (dict, "expected a generated package or the class of a kind, not <class 'dict'>"),
        ("kubex_k8s.v1_37", "expected a generated package or the class of a kind, not 'kubex_k8s.v1_37'"),
        (TokenReview, "expected a generated package or the class of a kind"),
    ],
)
def test_other_sources_raise_type_error(source: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Kinds(source)
