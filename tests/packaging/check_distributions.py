"""Check the metadata and the content of the built wheels and source distributions, and build them again.

    uv build --all-packages --out-dir dist
    uv run python tests/packaging/check_distributions.py dist

The second build starts from each unpacked source distribution, without a network, and must give the same bytes.
"""

import argparse
import os
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wheel_environments import run

# `kubex` does not contain modules, only extras.
EMPTY_WHEELS = ("kubex",)
TOP_LEVEL = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "src", "tools"}
MAX_BYTES = 1_000_000


def run_module(*command: str, cwd: Path | None = None, umask: int = -1) -> str:
    """Run a module with Python of this environment; return its output, or raise SystemExit with the output."""
    return run(sys.executable, "-m", *command, cwd=cwd, env={"NO_COLOR": "1"}, umask=umask)


def check_descriptions(files: Iterable[Path]) -> None:
    """Check that an index accepts the metadata and renders the long description."""
    run_module("twine", "check", "--strict", *map(str, files))


def check_wheel(wheel: Path) -> None:
    """Check that a wheel contains its package and nothing else."""
    is_empty = wheel.name.partition("-")[0] in EMPTY_WHEELS
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names), (
        f"{wheel.name} does not contain a license"
    )
    assert is_empty or any(name.endswith("/py.typed") for name in names), f"{wheel.name} does not contain py.typed"
    assert is_empty != any(name.endswith(".py") for name in names), names[:3]
    run_module("check_wheel_contents", *(("--ignore", "W007,W008") if is_empty else ()), str(wheel))
    assert wheel.stat().st_size < MAX_BYTES, f"{wheel.name} is larger than {MAX_BYTES} bytes"


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a source distribution; return its root."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def check_source_distribution(archive: Path, folder: Path) -> None:
    """Check the rating, the files and the reproducibility of a source distribution and its wheel."""
    run_module("pyroma", "--min", "10", "--file", str(archive))
    root = unpack(archive, folder)
    unexpected = {path.name for path in root.iterdir()} - TOP_LEVEL
    assert not unexpected, f"{archive.name} contains {', '.join(sorted(unexpected))}"
    again = folder / f"{archive.name}.dist"
    # The build backend of this environment, because an isolated build would download it. Other permissions of files
    # and other times must not change the result.
    for path in root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    run_module("hatchling", "build", "-t", "wheel", "-d", str(again), cwd=root, umask=0o077)
    (root / "PKG-INFO").unlink()  # hatchling would add it twice
    run_module("hatchling", "build", "-t", "sdist", "-d", str(again), cwd=root, umask=0o077)
    for built in sorted(again.iterdir()):
        assert built.read_bytes() == (archive.parent / built.name).read_bytes(), f"{built.name} is not reproducible"
    assert len(list(again.iterdir())) == 2, list(again.iterdir())


def main() -> None:
    """Run every check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder with the built wheels and source distributions")
    dist = parser.parse_args().dist.resolve()
    wheels, archives = sorted(dist.glob("*.whl")), sorted(dist.glob("*.tar.gz"))
    if not wheels or len(wheels) != len(archives):
        raise SystemExit(f"{dist} does not contain a wheel and a source distribution of each package; build them first")
    check_descriptions([*wheels, *archives])
    with tempfile.TemporaryDirectory(prefix="kubex-sdists-") as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = [pool.submit(check_wheel, wheel) for wheel in wheels]
        tasks += [pool.submit(check_source_distribution, archive, Path(name)) for archive in archives]
        for task in tasks:
            task.result()
    print(f"all checks of {len(wheels)} wheels and source distributions passed")


if __name__ == "__main__":
    main()
