"""Decode a Pod with the models of versions such as 37."""

import sys
from importlib import import_module
from pathlib import Path

for version in sys.argv[1:]:
    package = import_module(f"kubex_k8s.v1_{version}.core.v1")
    assert Path(str(package.__file__)).is_relative_to(sys.prefix), package.__file__
    pod = package.Pod.model_validate_json(b'{"metadata": {"name": "p"}, "spec": {"containers": null}}')
    assert (pod.metadata.name, pod.spec.containers) == ("p", []), pod
