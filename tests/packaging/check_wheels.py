"""Install the built wheels into new environments, like users do, and use them.

    uv build --all-packages --wheel --out-dir dist
    uv run python tests/packaging/check_wheels.py dist

Wheels are installed by path. Each check asserts that the modules are imported from the new environment. The checks run
at the same time, one for each core.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import installed_wheels
from wheel_requirements import check_documented_commands, check_extras
from wheels import Wheels

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}
# The longest checks are first.
CHECKS: tuple[Callable[[Wheels], None], ...] = (
    installed_wheels.check_third_party_backend,
    check_extras,
    installed_wheels.check_only_httpx,
    installed_wheels.check_only_httpx2,
    installed_wheels.check_websockets_of_httpx,
    installed_wheels.check_websockets_of_httpx2,
    installed_wheels.check_all_backends,
    installed_wheels.check_runtime,
    installed_wheels.check_only_aiohttp,
    installed_wheels.check_testing,
    installed_wheels.check_ops,
    installed_wheels.check_models,
    installed_wheels.check_no_backend,
    check_documented_commands,
)


def main() -> None:
    """Run every check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder with the built wheels")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the new environments")
    options = parser.parse_args()
    paths = {path.name.partition("-")[0].replace("_", "-"): path.resolve() for path in options.dist.glob("*.whl")}
    missing = DISTRIBUTIONS - set(paths)
    if missing:
        raise SystemExit(f"{options.dist} does not contain wheels of {', '.join(sorted(missing))}; build them first")
    with tempfile.TemporaryDirectory(prefix="kubex-wheels-") as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        wheels = Wheels(paths, Path(name), options.python)
        for task in [pool.submit(check, wheels) for check in CHECKS]:
            task.result()
    print("all checks of the wheels passed")


if __name__ == "__main__":
    main()
