"""Rehearse the publication of all distributions on a package index on loopback.

    uv build --all-packages --out-dir dist
    uv run python tests/packaging/rehearse_release.py dist

First, the wheels of other projects are collected from the package cache or the configured index. Then every step uses
only the index on loopback: publish all distributions, install them by name, upgrade one, install a backend that was
built for an older core.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from check_versions import all_extras
from package_index import PackageIndex
from wheel_environments import Environment, embedded_server, run

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "examples" / "quickstart.py"
EXAMPLE_BACKEND = ROOT / "examples" / "third-party-backend"
MODELS = "kubex-k8s-1-37"

PRINT_BACKEND = """
import anyio
import kubex

async def main():
    async with kubex.create_client() as client:
        print(client.backend.name, (await client.version()).major)

anyio.run(main)
"""


@dataclass
class Rehearsal:
    """The state that the steps share."""

    folder: Path
    index: PackageIndex
    environment: Mapping[str, str]

    def new_environment(self, name: str) -> Environment:
        """Create a virtual environment that uses only the index."""
        return Environment(self.folder / name, sys.executable, self.environment)

    def pip(self, target: Environment, *arguments: str) -> None:
        """Run pip in an environment. It is installed first if it is missing."""
        if "pip" not in target.distributions():
            target.install("pip")
        run(target.python, "-m", "pip", "--quiet", *arguments, env=self.environment)


def step(text: str) -> None:
    """Print what the next commands do."""
    print(f"* {text}", flush=True)


def collect_wheels(folder: Path) -> None:
    """Download the wheels of all dependencies, in the versions of uv.lock."""
    options = ("--all-packages", "--all-extras", "--no-dev", "--no-hashes", "--no-emit-workspace", "--no-annotate")
    exported = run("uv", "export", "--quiet", "--frozen", "--no-header", *options, cwd=ROOT)
    requirements = folder.with_suffix(".txt")
    requirements.write_text(exported + "".join(f"{name}=={version(name)}\n" for name in ("pip", "trio")))
    folder.mkdir()
    download = ("--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder))
    run(sys.executable, "-m", "pip", "download", *download, "--requirement", str(requirements))
    # The dependencies of trio are not in the export.
    run(sys.executable, "-m", "pip", "download", *download[:1], *download[2:], f"trio=={version('trio')}")


def released(clone: Path, name: str, new: str, dist: Path) -> list[Path]:
    """Release a distribution in a clone with the command of the project, and build it; return its files."""
    changelog = clone / "packages" / name / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    if not re.search(r"^## .* \(unreleased\)$", text, re.MULTILINE):
        changelog.write_text(text.replace("\n## ", f"\n## {new} (unreleased)\n\n* A rehearsal.\n\n## ", 1))
        run("git", "commit", "--quiet", "--all", "--message", "Add a change", cwd=clone)
    run(sys.executable, "tools/release.py", name, new, cwd=clone)
    run(sys.executable, "-m", "hatchling", "build", "-d", str(dist), cwd=clone / "packages" / name)
    return sorted(dist.iterdir())


def prepare_releases(folder: Path) -> dict[str, list[Path]]:
    """Release kubex-httpx 0.3.x and the next minor version of kubex-core in clones; return their files."""
    files: dict[str, list[Path]] = {}
    major, minor, _ = version("kubex-core").split(".")
    series, _, patch = version("kubex-httpx").rpartition(".")
    targets = {"kubex-httpx": f"{series}.{int(patch) + 1}", "kubex-core": f"{major}.{int(minor) + 1}.0"}
    for name, new in targets.items():
        clone = folder / f"clone-{name}"
        run("git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone))
        run("git", "checkout", "--quiet", "-B", "main", cwd=clone)
        for key, value in {"user.name": "Rehearsal", "user.email": "rehearsal@example.com"}.items():
            run("git", "config", key, value, cwd=clone)
        if name == "kubex-core":  # the next version rejects backends for the present contract
            backend = clone / "packages/kubex-core/src/kubex/transport/_backend.py"
            number = re.compile(r"^((?:MINIMUM_)?API_VERSION) = .*$", re.MULTILINE)
            backend.write_text(number.sub(r"\1 = 99", backend.read_text(encoding="utf-8")), encoding="utf-8")
            run("git", "commit", "--quiet", "--all", "--message", "Change the contract", cwd=clone)
        files[name] = released(clone, name, new, folder / f"dist-{name}")
    return files


def built_backend(folder: Path, name: str, requirement: str) -> list[Path]:
    """Build the example of a third-party backend with another name and another requirement of kubex-core."""
    source = folder / name
    shutil.copytree(EXAMPLE_BACKEND, source)
    project = source / "pyproject.toml"
    text = project.read_text(encoding="utf-8").replace('name = "kubex-h11"', f'name = "{name}"')
    project.write_text(re.sub(r'"kubex-core[^"]*"', f'"{requirement}"', text, count=1))
    run(sys.executable, "-m", "hatchling", "build", "-d", str(source / "dist"), cwd=source)
    return sorted((source / "dist").iterdir())


def run_quickstart(target: Environment, folder: Path, *runtimes: str) -> None:
    """Run the quickstart on each async library."""
    with embedded_server(folder) as server:
        for runtime in runtimes:
            target.run(str(QUICKSTART), "--context", "kubex-testing", "--runtime", runtime, env=server)


def check_first_installation(rehearsal: Rehearsal) -> Environment:
    """Install the client by name, with pip and with uv, and run a program. Return the environment with httpx."""
    step('install "kubex[aiohttp]" with pip')
    target = rehearsal.new_environment("aiohttp")
    rehearsal.pip(target, "install", "kubex[aiohttp]", MODELS)
    assert {"kubex", "kubex-core", "kubex-aiohttp"} <= target.distributions()
    assert not {"kubex-httpx", "httpcore"} & target.distributions()
    run_quickstart(target, rehearsal.folder, "asyncio")
    step("install kubex-core and kubex-httpx with uv")
    target = rehearsal.new_environment("httpx")
    target.install("kubex-core", "kubex-httpx")
    assert not {"kubex", "kubex-aiohttp", MODELS} & target.distributions()
    target.install(MODELS, "trio")
    run_quickstart(target, rehearsal.folder, "asyncio", "trio")
    return target


def check_every_extra(rehearsal: Rehearsal) -> None:
    """Install every distribution with all its extras in one environment, by name."""
    step("install every distribution with every extra")
    names = [f"{name}[{','.join(extras)}]" if extras else name for name, extras in all_extras().items()]
    target = rehearsal.new_environment("everything")
    target.install(*names)
    assert {name.partition("[")[0] for name in names} <= target.distributions()
    run("uv", "pip", "check", "--quiet", "--python", target.python)


def check_upgrade(rehearsal: Rehearsal, target: Environment, files: Sequence[Path]) -> None:
    """Upgrade kubex-httpx alone."""
    step("publish a patch release of kubex-httpx, and upgrade only this distribution")
    rehearsal.index.publish(files, rehearsal.environment)
    target.install("pip")
    before = target.versions()
    rehearsal.pip(target, "install", "--upgrade", "kubex-httpx")
    after = target.versions()
    assert {name for name in after if after[name] != before.get(name)} == {"kubex-httpx"}, (before, after)
    assert after["kubex-httpx"] in files[0].name
    run_quickstart(target, rehearsal.folder, "asyncio", "trio")


def check_older_backend(rehearsal: Rehearsal, core: Sequence[Path]) -> None:
    """Install backends that were built for the present kubex-core, when a newer one has been published."""
    present, new = version("kubex-core"), core[0].name.removeprefix("kubex_core-").partition("-")[0]
    bounded = built_backend(rehearsal.folder, "kubex-h11", re.findall(r'"(kubex-core[^"]*)"', _example())[0])
    unbounded = built_backend(rehearsal.folder, "kubex-h11-unbounded", f"kubex-core>={present}")
    rehearsal.index.publish([*bounded, *unbounded, *core], rehearsal.environment)
    step("install a backend with a bound: it keeps the older kubex-core")
    target = rehearsal.new_environment("bounded")
    rehearsal.pip(target, "install", "kubex-h11")
    assert target.versions()["kubex-core"] == present, target.versions()
    with embedded_server(rehearsal.folder) as server:
        assert target.run("-c", PRINT_BACKEND, env=server).split() == ["h11", "1"]
    failed = _failure(lambda: target.install("kubex-h11", f"kubex-core=={new}"))
    assert "kubex-h11" in failed, failed
    assert f"kubex-core=={new}" in failed, failed
    step("install a backend without a bound: the newer kubex-core rejects it with a clear error")
    target = rehearsal.new_environment("unbounded")
    rehearsal.pip(target, "install", "kubex-h11-unbounded")
    assert target.versions()["kubex-core"] == new, target.versions()
    with embedded_server(rehearsal.folder) as server:
        failed = _failure(lambda: target.run("-c", PRINT_BACKEND, env=server))
    assert "NoBackendError" in failed, failed
    assert re.search(r"has version \d+ of the contract, and kubex-core accepts 99", failed), failed


def check_second_upload(rehearsal: Rehearsal, file: Path) -> None:
    """Check that a published file cannot be replaced."""
    step("upload a published file again: the index rejects it")
    before = (rehearsal.index.folder / file.name).read_bytes()
    command = rehearsal.index.upload_command([file])
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode != 0, completed
    assert "400 Bad Request" in completed.stdout, completed
    assert f"Cannot upload {file.name!r} since it already exists" in rehearsal.index.log.read_text(encoding="utf-8")
    assert (rehearsal.index.folder / file.name).read_bytes() == before


def _example() -> str:
    return (EXAMPLE_BACKEND / "pyproject.toml").read_text(encoding="utf-8")


def _failure(call: Callable[[], object]) -> str:
    """Return the output of a command that must fail."""
    try:
        call()
    except SystemExit as error:
        return str(error)
    raise AssertionError("the command did not fail")


def main() -> None:
    """Run every step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder with the built wheels and source distributions")
    dist = parser.parse_args().dist.resolve()
    files = [*sorted(dist.glob("*.whl")), *sorted(dist.glob("*.tar.gz"))]
    if not files:
        raise SystemExit(f"{dist} does not contain distributions; build them first")
    with tempfile.TemporaryDirectory(prefix="kubex-rehearsal-") as name:
        folder = Path(name)
        step("collect the wheels of other projects, and prepare two releases")
        collect_wheels(folder / "index")
        releases = prepare_releases(folder)
        with PackageIndex(folder / "index") as index:
            rehearsal = Rehearsal(folder, index, index.environment(folder / "cache"))
            step(f"publish {len(files)} files")
            index.publish(files, rehearsal.environment)
            target = check_first_installation(rehearsal)
            check_every_extra(rehearsal)
            check_upgrade(rehearsal, target, releases["kubex-httpx"])
            check_older_backend(rehearsal, releases["kubex-core"])
            check_second_upload(rehearsal, files[0])
            assert any(name.startswith("kubex_core-") for name in index.requested()), index.requested()
    print("the rehearsal of the release passed")


if __name__ == "__main__":
    main()
