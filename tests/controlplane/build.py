#!/usr/bin/env python3
"""Build the control plane for the tests once, and print the folder that contains its binaries.

    export KUBEBUILDER_ASSETS="$(python tests/controlplane/build.py)"

The sources are downloaded from the Go module proxy; go.mod and go.sum files next to this script pin them. The binaries
are written to a cache outside the source tree. Names of folders in the cache contain a hash of the inputs, so that a
change builds only the programs that it affects. The first build takes about eight minutes with two cores; later runs
only print the folder. Only the folder is printed on stdout.
"""

import argparse
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.build_cache import BuildError, build_once, cache_root

HERE = Path(__file__).resolve().parent
CACHE_VARIABLE = "KUBEX_CONTROLPLANE_CACHE"
ASSETS_VARIABLE = "KUBEBUILDER_ASSETS"
BUILD_FLAGS = ("-mod=readonly", "-trimpath", "-buildvcs=false")
# CGO_ENABLED=0: the build does not need a C compiler, and the binaries run on any Linux distribution.
# GOWORK=off: ignore Go workspaces in parent folders.
BUILD_ENVIRONMENT = {"CGO_ENABLED": "0", "GOWORK": "off"}


@dataclass(frozen=True)
class Binary:
    """A program: its name, the folder of the Go module that pins it, and its Go package."""

    name: str
    module: str
    package: str


BINARIES = (
    Binary("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    Binary("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Binary("kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Binary("kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl"),
    Binary("kubex-kubelet", "kubelet", "."),  # its source code is in the folder of the module
    Binary("kubex-protobuf", "protobuf", "."),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the folder with the binaries; on failure, print the reason on stderr and return 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--print-path", action="store_true", help="do not build; exit with code 1 if the binaries do not exist"
    )
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"{binaries_folder(build=not options.print_path)}\n")
    except BuildError as error:
        report(f"{Path(__file__).name}: {error}")
        return 1
    return 0


def binaries_folder(*, build: bool) -> Path:
    """Return the folder with the binaries: the value of KUBEBUILDER_ASSETS, or a folder in the cache."""
    assets = os.environ.get(ASSETS_VARIABLE)
    if assets and has_binaries(Path(assets)):
        return Path(assets).resolve()
    root = cache_root("controlplane", CACHE_VARIABLE)
    folder = root / cache_key()
    if has_binaries(folder):
        return folder
    if not build:
        raise BuildError(
            f"{folder} does not contain the binaries; run {Path(__file__).name} without --print-path to build them"
        )
    programs = [built_program(binary, root / "programs") for binary in BINARIES]
    build_once(folder, complete=has_binaries, build=lambda new: link_programs(programs, new))
    return folder


def has_binaries(folder: Path) -> bool:
    """Return whether all binaries exist and are executable."""
    return all(is_executable(folder / binary.name) for binary in BINARIES)


def is_executable(path: Path) -> bool:
    """Return whether the path is an executable file."""
    return path.is_file() and os.access(path, os.X_OK)


def built_program(binary: Binary, programs: Path) -> Path:
    """Return the path of a program in the cache, after building it if it does not exist."""
    folder = programs / f"{binary.name}-{program_key(binary)}"
    build_once(
        folder,
        complete=lambda built: is_executable(built / binary.name),
        build=lambda new: build_binary(binary, new),
    )
    return folder / binary.name


def link_programs(programs: Sequence[Path], folder: Path) -> None:
    """Add hard links to the programs to the folder."""
    for program in programs:
        os.link(program, folder / program.name)


def cache_key() -> str:
    """Return a name that depends on the inputs of all binaries."""
    digest = hashlib.sha256("".join(map(program_key, BINARIES)).encode())
    return f"{kubernetes_version()}-{digest.hexdigest()[:16]}"


@functools.cache
def program_key(binary: Binary) -> str:
    """Return a name that depends on the sources, the flags, the Go version and the platform."""
    command = [*build_command(binary, Path()), json.dumps(toolchain(binary.module))]
    digest = hashlib.sha256("\0".join(command).encode())
    module = HERE / binary.module
    for file in (module / "go.mod", module / "go.sum", *sorted(module.glob("*.go"))):
        digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def toolchain(module: str) -> dict[str, str]:
    """Return the Go version and platform for the build of a module."""
    settings: dict[str, str] = json.loads(
        run_go(["env", "-json", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64"], module, capture=True)
    )
    return settings


def kubernetes_version() -> str:
    """Return the pinned version of Kubernetes, such as `v1.37.2`."""
    pinned = re.search(r"^\s*(?:require )?k8s\.io/kubernetes (v\S+)", (HERE / "kubernetes/go.mod").read_text(), re.M)
    if pinned is None:
        raise BuildError(f"{HERE / 'kubernetes/go.mod'} does not require k8s.io/kubernetes")
    return pinned[1]


def build_command(binary: Binary, folder: Path) -> list[str]:
    """Return the arguments for `go`. Without the linker flags, /version would return v0.0.0-master."""
    linker = ["-s", "-w"]
    if binary.module == "kubernetes":
        version = kubernetes_version()
        major, minor, _ = version.removeprefix("v").split(".", 2)
        for name, value in {"gitVersion": version, "gitMajor": major, "gitMinor": minor}.items():
            linker += ["-X", f"k8s.io/component-base/version.{name}={value}"]
    output = os.fspath(folder / binary.name)
    return ["build", *BUILD_FLAGS, "-ldflags", " ".join(linker), "-o", output, binary.package]


def run_go(arguments: Sequence[str], module: str, *, capture: bool = False) -> str:
    """Run `go` in the folder of a module. Its messages are written to stderr."""
    try:
        result = subprocess.run(
            ["go", *arguments],
            cwd=HERE / module,
            env={**os.environ, **BUILD_ENVIRONMENT},
            stdout=subprocess.PIPE if capture else sys.stderr.fileno(),
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        hint = f"install Go 1.26 or newer, or set {ASSETS_VARIABLE} to a folder with {names_of_binaries()}"
        raise BuildError(f"the command `go` was not found; {hint}") from error
    except subprocess.CalledProcessError as error:
        raise BuildError(f"`go {arguments[0]}` failed with exit code {error.returncode}, see above") from error
    return result.stdout if capture else ""


def report(line: str) -> None:
    """Write a line to stderr, because stdout only contains the folder."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def names_of_binaries() -> str:
    """Return the names of all binaries, for messages."""
    return ", ".join(binary.name for binary in BINARIES)


def build_binary(binary: Binary, folder: Path) -> None:
    """Build a binary into the folder."""
    started = time.monotonic()
    report(f"building {binary.name} ({binary.package}) ...")
    run_go(build_command(binary, folder), binary.module)
    report(f"built {binary.name} in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
