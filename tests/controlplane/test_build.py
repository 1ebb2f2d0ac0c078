"""build.py builds the control plane. A fake `go` is used, because the real one takes minutes."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = HERE / "build.py"
BINARIES = {"etcd", "kube-apiserver", "kube-controller-manager", "kubectl", "kubex-kubelet", "kubex-protobuf"}

# Prints a version, or writes a file instead of compiling, and records each call.
FAKE_GO = f"""#!{sys.executable} -IS
import json, os, pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
with (here / "calls").open("a") as calls:
    calls.write(json.dumps([os.getcwd(), os.environ["GOWORK"], *sys.argv[1:]]) + "\\n")
if sys.argv[1] == "env":
    print(json.dumps({{"GOVERSION": (here / "version").read_text()}}))
elif (here / "fails").exists() and "controller-manager" in sys.argv[-1]:
    sys.exit("undefined: something")
else:
    print("a message of the compiler")
    output = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
    output.write_text("program")
    output.chmod(0o755)
"""


@dataclass
class Machine:
    """A machine with a fake `go` and an empty cache."""

    go: Path
    cache: Path
    script: Path = SCRIPT

    def start(self, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
        """Start the script."""
        path = {"PATH": f"{self.go}", "KUBEX_CONTROLPLANE_CACHE": str(self.cache), "KUBEBUILDER_ASSETS": ""}
        return subprocess.Popen(
            [sys.executable, self.script, *arguments],
            env={**os.environ, **path, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environ: str) -> tuple[int, str, str]:
        """Run the script; return its exit code, stdout and stderr."""
        process = self.start(*arguments, **environ)
        output, errors = process.communicate(timeout=30)
        return process.returncode, output, errors

    def builds(self) -> list[str]:
        """Return the calls of `go build`."""
        return [call for call in (self.go / "calls").read_text().splitlines() if '"build"' in call]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with the fake `go`."""
    machine = Machine(tmp_path / "go", tmp_path / "cache")
    machine.go.mkdir()
    (machine.go / "go").write_text(FAKE_GO)
    (machine.go / "go").chmod(0o755)
    (machine.go / "version").write_text("go1.26.8")
    return machine


def source_files() -> set[Path]:
    """Return the files in the folder of the script, except for compiled Python files."""
    return {path for path in HERE.rglob("*") if "__pycache__" not in path.parts}


def test_each_binary_is_built_once_and_only_the_folder_is_printed(machine: Machine) -> None:
    before = source_files()
    code, first, errors = machine.run()
    folder = Path(first.removesuffix("\n"))
    assert (code, folder.parent) == (0, machine.cache)
    assert {path.name for path in folder.iterdir()} == BINARIES
    assert "a message of the compiler" in errors
    assert machine.run() == (0, first, "")
    assert len(machine.builds()) == len(BINARIES)
    assert source_files() == before


def test_version_of_kubernetes_is_in_the_linker_flags_and_the_folder_name(machine: Machine) -> None:
    _, output, _ = machine.run()
    assert Path(output).name.startswith("v1.37.2-")
    [apiserver] = [call for call in machine.builds() if call.endswith('cmd/kube-apiserver"]')]
    assert "version.gitVersion=v1.37.2 -X k8s.io/component-base/version.gitMajor=1 " in apiserver
    assert "version.gitMinor=37" in apiserver


def test_each_module_is_built_in_the_folder_of_its_go_mod(machine: Machine) -> None:
    machine.run()
    calls: list[list[str]] = [json.loads(call) for call in machine.builds()]
    assert {(Path(call[-2]).name, call[0], call[-1]) for call in calls} == {
        ("etcd", str(HERE / "etcd"), "go.etcd.io/etcd/server/v3"),
        ("kube-apiserver", str(HERE / "kubernetes"), "k8s.io/kubernetes/cmd/kube-apiserver"),
        ("kube-controller-manager", str(HERE / "kubernetes"), "k8s.io/kubernetes/cmd/kube-controller-manager"),
        ("kubectl", str(HERE / "kubernetes"), "k8s.io/kubernetes/cmd/kubectl"),
        ("kubex-kubelet", str(HERE / "kubelet"), "."),
        ("kubex-protobuf", str(HERE / "protobuf"), "."),
    }


def test_go_workspaces_are_disabled(machine: Machine) -> None:
    machine.run(GOWORK="/somewhere/go.work")
    assert all('"off"' in call for call in machine.builds())


def test_another_go_version_builds_into_another_folder(machine: Machine) -> None:
    _, first, _ = machine.run()
    (machine.go / "version").write_text("go1.27.0")
    _, second, _ = machine.run()
    assert first != second
    assert len(machine.builds()) == 2 * len(BINARIES)


def test_change_of_one_module_builds_only_its_binaries(machine: Machine, tmp_path: Path) -> None:
    copy = tmp_path / "tests/controlplane"
    shutil.copytree(HERE, copy)
    shutil.copytree(HERE.parent / "support", tmp_path / "tests/support")
    machine.script = copy / "build.py"
    _, first, _ = machine.run()
    with (copy / "kubelet/main.go").open("a") as file:
        file.write("// a comment\n")
    _, second, errors = machine.run()
    assert first != second
    assert "building kubex-kubelet" in errors
    assert len(machine.builds()) == len(BINARIES) + 1
    assert {path.name for path in Path(second.strip()).iterdir()} == BINARIES


def test_print_path_does_not_build(machine: Machine) -> None:
    code, output, errors = machine.run("--print-path")
    assert (code, output) == (1, "")
    assert "does not contain the binaries; run build.py without --print-path" in errors
    assert machine.builds() == []
    _, folder, _ = machine.run()
    assert machine.run("--print-path") == (0, folder, "")


def test_binaries_in_kubebuilder_assets_are_used_without_go(machine: Machine, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    for name in BINARIES:
        (assets / name).touch(mode=0o755)
    (machine.go / "go").unlink()
    assert machine.run(KUBEBUILDER_ASSETS=str(assets)) == (0, f"{assets}\n", "")
    (assets / "etcd").unlink()
    code, output, errors = machine.run(KUBEBUILDER_ASSETS=str(assets))
    assert (code, output) == (1, "")
    assert "the command `go` was not found; install Go" in errors
    assert "or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver" in errors


def test_run_after_a_failed_build_builds_only_the_missing_binaries(machine: Machine) -> None:
    (machine.go / "fails").touch()
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert errors.endswith("undefined: something\nbuild.py: `go build` failed with exit code 1, see above\n")
    assert [path.name for path in machine.cache.iterdir()] == ["programs"]
    programs = sorted(path.name.rpartition("-")[0] for path in (machine.cache / "programs").glob("[!.]*"))
    assert programs == ["etcd", "kube-apiserver"]
    (machine.go / "fails").unlink()
    assert machine.run()[0] == 0
    assert len(machine.builds()) == len(BINARIES) + 1


def test_build_removes_the_files_of_a_killed_build(machine: Machine) -> None:
    leftover = machine.cache / "programs/.building-x"
    leftover.mkdir(parents=True)
    (leftover / "etcd").touch()
    code, output, _ = machine.run()
    assert code == 0
    assert not leftover.exists()
    assert {path.name for path in machine.cache.iterdir()} == {".lock", "programs", Path(output.strip()).name}


def test_folder_without_one_binary_is_restored(machine: Machine) -> None:
    _, output, _ = machine.run()
    (Path(output.strip()) / "etcd").unlink()
    assert machine.run()[1] == output
    assert {path.name for path in Path(output.strip()).iterdir()} == BINARIES


def test_concurrent_runs_build_once(machine: Machine) -> None:
    processes = [machine.start() for _ in range(3)]
    outputs = {process.communicate(timeout=30)[0] for process in processes}
    assert len(outputs) == 1
    assert {process.returncode for process in processes} == {0}
    assert len(machine.builds()) == len(BINARIES)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CACHE_HOME": "{tmp}/xdg"}, "{tmp}/xdg/kubex/controlplane"),
        ({"XDG_CACHE_HOME": "", "HOME": "{tmp}/home"}, "{tmp}/home/.cache/kubex/controlplane"),
    ],
)
def test_cache_is_below_xdg_cache_home_or_the_home_directory(
    machine: Machine, tmp_path: Path, environ: dict[str, str], expected: str
) -> None:
    variables = {name: value.format(tmp=tmp_path) for name, value in environ.items()}
    _, output, _ = machine.run(KUBEX_CONTROLPLANE_CACHE="", **variables)
    assert str(Path(output).parent) == expected.format(tmp=tmp_path)


def test_go_modules_pin_the_binaries_and_all_staging_modules() -> None:
    kubernetes, etcd, kubelet, protobuf = (
        (HERE / each / "go.mod").read_text() for each in ("kubernetes", "etcd", "kubelet", "protobuf")
    )
    replaced = [line.split() for line in kubernetes.splitlines() if " => " in line]
    assert len(replaced) == 33
    assert all(old == new and version == "v0.37.2" for old, _, new, version in replaced)
    assert "k8s.io/kubernetes v1.37.2" in kubernetes
    assert "go.etcd.io/etcd/server/v3 v3.7.3" in etcd
    assert "k8s.io/client-go v0.37.2" in kubelet
    assert "k8s.io/client-go v0.37.2" in protobuf
