"""Measure in a new process what an import of models costs in addition to the import of pydantic.

Usage: `python -m benchmarks.models.imports CASE pydantic|model POD`. The Pod is passed as JSON, because creating it
here would import models.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pydantic

_STATUS = Path("/proc/self/status")


def _rss() -> int | None:
    found = re.search(r"VmRSS:\s+(\d+) kB", _STATUS.read_text()) if _STATUS.exists() else None
    return int(found[1]) * 1024 if found else None


def _pod() -> object:
    from kubex_k8s.v1_37.core.v1 import Pod

    return Pod


def _config_map() -> object:
    from kubex_k8s.v1_37.core.v1 import ConfigMap

    return ConfigMap


def _everything() -> None:
    import importlib
    import pkgutil

    import kubex_k8s.v1_37 as package

    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


def _first_decode() -> None:
    from kubex_k8s.v1_37.core.v1 import Pod

    assert Pod.model_validate_json(sys.argv[3]).spec


def _any_model() -> object:
    class First(pydantic.BaseModel):
        name: str | None = None

    return First


IMPORTS: dict[str, Callable[[], object]] = {
    "import-pod": _pod,
    "import-config-map": _config_map,
    "import-everything": _everything,
    "import-decode": _first_decode,
}


def main(case: str, baseline: str, _: str) -> None:
    """Take one sample: the CPU seconds and bytes of memory of an import.

    Before the measurement, import pydantic, and with the baseline `model` also define a first model.
    """
    kept: list[object] = [pydantic.BaseModel]  # the access completes the import of pydantic, which is lazy
    if baseline == "model":
        kept.append(_any_model())
    before = _rss()
    start = time.process_time()
    kept.append(IMPORTS[case]())
    cpu, after = time.process_time() - start, _rss()
    growth = after - before if before is not None and after is not None else None
    print(json.dumps({"units": 1, "cpu": cpu, "peak_rss": growth}))


if __name__ == "__main__":
    main(*sys.argv[1:])
