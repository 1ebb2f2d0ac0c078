"""The search for the programs, and the error if they are missing."""

from pathlib import Path

import pytest

from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from kubex_testing.controlplane._assets import Assets, find_assets, uses_existing_cluster

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kubex-kubelet")
OPTIONAL = [("controller_manager", "kube-controller-manager"), ("kubelet", "kubex-kubelet")]


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """Create a folder with all programs."""
    for name in NAMES:
        (tmp_path / name).touch(mode=0o755)
    return tmp_path


def paths(found: Assets) -> tuple[Path | None, ...]:
    """Return the paths in the order of NAMES."""
    return found.etcd, found.kube_apiserver, found.kube_controller_manager, found.kubelet


def test_programs_are_found_in_kubebuilder_assets(assets: Path) -> None:
    found = find_assets({"KUBEBUILDER_ASSETS": str(assets)})
    assert paths(found) == tuple(assets / name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_variable_of_one_program_takes_precedence_over_kubebuilder_assets(
    assets: Path, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "my-own"
    own.touch()
    variable = "TEST_ASSET_" + name.upper().replace("-", "_")
    found = find_assets({"KUBEBUILDER_ASSETS": str(assets), variable: str(own)})
    assert own in paths(found)


@pytest.mark.parametrize(("argument", "name"), OPTIONAL)
def test_controller_manager_and_kubelet_are_optional_unless_required(assets: Path, argument: str, name: str) -> None:
    environ = {"KUBEBUILDER_ASSETS": str(assets)}
    unused: dict[str, bool] = {argument: False}
    assert assets / name not in paths(find_assets(environ, **unused))
    (assets / name).unlink()
    assert paths(find_assets(environ)).count(None) == 1
    required: dict[str, bool] = {argument: True}
    with pytest.raises(ControlPlaneUnavailable, match=f"no {name} at"):
        find_assets(environ, **required)


@pytest.mark.parametrize("variable", ["TEST_ASSET_KUBE_CONTROLLER_MANAGER", "TEST_ASSET_KUBEX_KUBELET"])
def test_wrong_path_in_a_variable_is_an_error_even_for_an_optional_program(assets: Path, variable: str) -> None:
    environ = {"KUBEBUILDER_ASSETS": str(assets), variable: str(assets / "typo")}
    with pytest.raises(ControlPlaneUnavailable, match=rf"typo \(from {variable}\)"):
        find_assets(environ)


def test_program_missing_in_the_configured_folder_is_not_searched_elsewhere(assets: Path) -> None:
    (assets / "kube-apiserver").unlink()
    with pytest.raises(ControlPlaneUnavailable) as caught:
        find_assets({"KUBEBUILDER_ASSETS": str(assets)})
    assert str(caught.value).startswith(f"no kube-apiserver at {assets / 'kube-apiserver'} (from KUBEBUILDER_ASSETS). ")


def test_error_names_the_program_the_path_and_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kubex_testing.controlplane._assets.DEFAULT_FOLDER", tmp_path)
    with pytest.raises(ControlPlaneUnavailable) as caught:
        find_assets({})
    message = str(caught.value)
    assert message.startswith(
        f"no etcd at {tmp_path / 'etcd'} (neither TEST_ASSET_ETCD nor KUBEBUILDER_ASSETS is set). "
        "Set KUBEBUILDER_ASSETS to a folder that contains etcd, kube-apiserver and"
    )
    assert "USE_EXISTING_CLUSTER=true" in message


def test_programs_are_found_in_the_default_folder(monkeypatch: pytest.MonkeyPatch, assets: Path) -> None:
    monkeypatch.setattr("kubex_testing.controlplane._assets.DEFAULT_FOLDER", assets)
    assert find_assets({}).etcd == assets / "etcd"


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("True", True), ("1", True), ("", False), ("no", False)]
)
def test_use_existing_cluster_is_parsed_as_a_boolean(value: str, expected: bool) -> None:
    assert uses_existing_cluster({"USE_EXISTING_CLUSTER": value}) is expected


def test_missing_program_leaves_no_files_and_the_launcher_can_start_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("USE_EXISTING_CLUSTER", raising=False)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    monkeypatch.delenv("TEST_ASSET_ETCD", raising=False)
    control_plane = ControlPlane()
    for _ in range(2):
        with pytest.raises(ControlPlaneUnavailable, match="KUBEBUILDER_ASSETS"), control_plane:
            pytest.fail("started without programs")
    with pytest.raises(RuntimeError, match="not running"):
        control_plane.handle  # noqa: B018  reading it raises
