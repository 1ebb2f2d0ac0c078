"""kubex-protobuf, a program that knows the Go types of Kubernetes."""

import os
import shutil

import pytest


def require_program() -> str:
    """Return the path of kubex-protobuf, or skip the test."""
    path = shutil.which("kubex-protobuf", path=os.environ.get("KUBEBUILDER_ASSETS", ""))
    if path is None:
        pytest.skip("no kubex-protobuf in KUBEBUILDER_ASSETS")
    return path
