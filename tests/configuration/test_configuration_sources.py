"""Tests of the sources of a configuration: files in `KUBECONFIG`, the default file, and the pod."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import configure_from_kubeconfig, configure_from_pod_env, load_configuration
from kubex.configuration._context import ConfigOverrides
from kubex.configuration._default_path import default_path
from kubex.configuration._load import from_environment, from_kubeconfig
from kubex.configuration._pod import pod_configuration
from kubex.errors import ConfigurationError

WriteKubeconfig = Callable[..., Path]
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def service_account(tmp_path: Path) -> Path:
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    for name, content in {"token": "pod-token\n", "ca.crt": "CA", "namespace": "pod-ns\n"}.items():
        (folder / name).write_text(content)
    return folder


@pytest.mark.anyio
async def test_default_file_is_read(write_kubeconfig: WriteKubeconfig) -> None:
    write_kubeconfig({}, {"token": "default"}, path=Path(os.environ["HOME"], ".kube", "config"))
    assert (await configure_from_kubeconfig()).token == "default"
    assert (await load_configuration()).token == "default"


def test_kubeconfig_variable_takes_precedence_over_the_default_file(
    write_kubeconfig: WriteKubeconfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_kubeconfig({}, {"token": "default"}, path=Path(os.environ["HOME"], ".kube", "config"))
    monkeypatch.setenv("KUBECONFIG", str(write_kubeconfig({}, {"token": "named"})))
    assert from_kubeconfig(None).token == "named"


@pytest.mark.covers("pitfall-28", "kubeconfig-several-files", "kubeconfig-missing-files", "kubeconfig-relative-paths")
def test_several_files_are_merged_and_the_first_takes_precedence_per_name(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "token").write_text(folder)
    first = write_kubeconfig(
        path=tmp_path / "one" / "config",
        clusters=None,
        contexts=None,
        users=[{"name": "admin", "user": {"tokenFile": "token"}}],
        **{"current-context": ""},
    )
    second = write_kubeconfig({"tls-server-name": "two"}, {"token": "two"}, path=tmp_path / "two" / "config")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join([str(tmp_path / "missing"), "", str(first), str(second)]))
    configuration = from_kubeconfig(None)
    assert configuration.tls_server_name == "two"
    assert configuration.token is None, "an entry comes from one file: fields are not merged"
    assert configuration.token_file == tmp_path / "one" / "token"


@pytest.mark.covers("pitfall-28", "kubeconfig-missing-files")
@pytest.mark.anyio
async def test_kubeconfig_variable_without_existing_files_raises(
    write_kubeconfig: WriteKubeconfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_kubeconfig({}, {"token": "default"}, path=Path(os.environ["HOME"], ".kube", "config"))
    monkeypatch.setenv("KUBECONFIG", "/no/such/file")
    for load in (configure_from_kubeconfig, load_configuration):
        with pytest.raises(ConfigurationError, match="KUBECONFIG: none of these files exists: /no/such/file"):
            await load()


@pytest.mark.covers("kubeconfig-unreadable-files")
def test_unreadable_file_in_the_kubeconfig_variable_raises(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, loop = write_kubeconfig({}, {"token": "good"}), tmp_path / "loop"
    loop.symlink_to(loop)
    for path, reason in ((loop, "symbolic links"), (tmp_path, "Is a directory"), (good / "x", "Not a directory")):
        monkeypatch.setenv("KUBECONFIG", os.pathsep.join([str(path), str(good)]))
        with pytest.raises(ConfigurationError, match=f"{path}: cannot be read: .*{reason}"):
            from_kubeconfig(None)


@pytest.mark.covers("kubeconfig-only-separators")
@pytest.mark.parametrize("value", ["", os.pathsep])
def test_empty_kubeconfig_variable_is_ignored(
    write_kubeconfig: WriteKubeconfig, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    write_kubeconfig({}, {"token": "default"}, path=Path(os.environ["HOME"], ".kube", "config"))
    monkeypatch.setenv("KUBECONFIG", value)
    assert from_kubeconfig(None).token == "default"


@pytest.mark.covers("kubeconfig-no-files-or-empty-files")
@pytest.mark.anyio
async def test_error_without_any_source_names_both_causes() -> None:
    with pytest.raises(ConfigurationError) as caught:
        await load_configuration()
    message = str(caught.value)
    assert "KUBECONFIG is not set" in message
    assert str(Path(os.environ["HOME"], ".kube", "config")) in message
    assert "KUBERNETES_SERVICE_HOST" in message


@pytest.mark.anyio
async def test_error_of_a_single_source_names_the_missing_part() -> None:
    with pytest.raises(ConfigurationError, match="no kubeconfig found: KUBECONFIG is not set and"):
        await configure_from_kubeconfig()
    with pytest.raises(ConfigurationError, match="KUBERNETES_SERVICE_HOST: is not set"):
        await configure_from_pod_env()


def test_malformed_kubeconfig_raises_even_in_a_pod(tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("[")
    with pytest.raises(ConfigurationError, match="is not valid YAML"):
        from_environment({"KUBECONFIG": str(broken), **POD})


@pytest.mark.covers("kubeconfig-no-files-or-empty-files")
@pytest.mark.parametrize("content", ["", "kind: Config\nclusters: null\nusers: []\npreferences: {a: 1}\n"])
def test_files_without_entries_are_ignored(tmp_path: Path, service_account: Path, content: str) -> None:
    (tmp_path / "empty").write_text(content)
    environ = {"KUBECONFIG": os.pathsep.join(["/dev/null", str(tmp_path / "empty")])}
    assert from_environment(environ | POD, service_account=service_account).url == "https://10.0.0.1:443"
    problem = f"no context, cluster or user in /dev/null, {tmp_path / 'empty'}\n  pod: .*KUBERNETES_SERVICE_HOST"
    with pytest.raises(ConfigurationError, match=problem):
        from_environment(environ)
    with pytest.raises(
        ConfigurationError, match="cannot select a context, a cluster or a user: no kubeconfig found: no context"
    ):
        from_environment(environ | POD, ConfigOverrides(context="c"), service_account=service_account)


@pytest.mark.covers("kubeconfig-no-files-or-empty-files", "kubeconfig-current-context")
@pytest.mark.parametrize("field", ["clusters", "users", "contexts", "current-context"])
def test_incomplete_kubeconfig_raises_even_in_a_pod(
    write_kubeconfig: WriteKubeconfig, service_account: Path, field: str
) -> None:
    others = {"clusters", "users", "contexts", "current-context"} - {field}
    environ = {"KUBECONFIG": str(write_kubeconfig(**dict.fromkeys(others)))}
    with pytest.raises(ConfigurationError, match=f"{environ['KUBECONFIG']}.*(is not set|does not exist)"):
        from_environment(environ, service_account=service_account)


EMPTY_NAMES = {"cluster": "", "user": "", "namespace": "mine"}
EMPTY_ENTRIES = {"clusters": [{"name": "c", "cluster": {"server": ""}}], "users": [{"name": "admin", "user": None}]}


@pytest.mark.covers("kubeconfig-current-context", "kubeconfig-context-cluster")
@pytest.mark.parametrize(
    ("top", "namespace"),
    [
        ({"contexts": [{"name": "here", "context": EMPTY_NAMES}], "clusters": None, "users": None}, "mine"),
        ({"contexts": [{"name": "here", "context": {"namespace": "mine"}}]}, "mine"),
        ({"contexts": [{"name": "here", "context": {"cluster": "c", "user": "admin"}}], **EMPTY_ENTRIES}, "pod-ns"),
        ({"contexts": [{"name": "here"}]}, "pod-ns"),
        ({"current-context": None}, "pod-ns"),
        ({"current-context": None, "contexts": None, "clusters": None}, "pod-ns"),
    ],
    ids=["empty-names", "no-names", "empty-entries", "empty-context", "no-current-context", "users-alone"],
)
def test_kubeconfig_without_server_and_user_sets_only_the_namespace_in_a_pod(
    write_kubeconfig: WriteKubeconfig, service_account: Path, top: dict[str, Any], namespace: str
) -> None:
    environ = {"KUBECONFIG": str(write_kubeconfig(**top))}
    configuration = from_environment(environ | POD, service_account=service_account)
    assert configuration == replace(pod_configuration(POD, service_account), namespace=namespace), (
        "server, CA and token come from the pod"
    )
    with pytest.raises(ConfigurationError, match=r"is missing|is not set"):
        from_environment(environ, service_account=service_account)


@pytest.mark.covers("kubeconfig-context-cluster")
@pytest.mark.parametrize(
    ("top", "overrides", "problem"),
    [
        ({"contexts": [{"name": "here", "context": {"user": "admin"}}]}, ConfigOverrides(), "cluster: is missing"),
        ({"contexts": [{"name": "here", "context": {}}]}, ConfigOverrides(user="admin"), "cluster: is missing"),
        (
            {"contexts": [{"name": "here", "context": {"cluster": "gone"}}]},
            ConfigOverrides(),
            "cluster 'gone' does not exist",
        ),
        (
            {"contexts": [{"name": "here", "context": {"user": "gone"}}]},
            ConfigOverrides(),
            "user 'gone' does not exist",
        ),
        ({"current-context": "gone"}, ConfigOverrides(), "context 'gone' does not exist"),
        (
            {"clusters": [{"name": "c", "cluster": {"tls-server-name": "n"}}], "users": None},
            ConfigOverrides(),
            "user 'admin' does not exist|server",
        ),
    ],
    ids=["user", "selected-user", "missing-cluster", "missing-user", "missing-context", "cluster-without-server"],
)
def test_incomplete_context_is_not_replaced_by_the_pod(
    write_kubeconfig: WriteKubeconfig,
    service_account: Path,
    top: dict[str, Any],
    overrides: ConfigOverrides,
    problem: str,
) -> None:
    environ = {"KUBECONFIG": str(write_kubeconfig(None, {"token": "of the user"}, **top))} | POD
    with pytest.raises(ConfigurationError, match=problem):
        from_environment(environ, overrides, service_account=service_account)


@pytest.mark.covers("pitfall-32")
def test_error_without_a_home_directory_names_home(tmp_path: Path) -> None:
    script = (
        "from kubex.configuration._load import from_environment\n"
        "try: from_environment({})\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=True)
    assert "HOME is not set" in done.stdout


@pytest.mark.covers("pitfall-32")
def test_kubeconfig_variable_works_without_a_home_directory(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig({}, {"token": "named"})
    assert from_environment({"KUBECONFIG": str(path)}).token == "named"
    assert default_path({"USERPROFILE": "/x"}, windows=False) is None, "kubectl uses only HOME"


@pytest.mark.covers("pitfall-32")
def test_first_windows_home_with_a_kubeconfig_is_used(tmp_path: Path) -> None:
    homes = {name: tmp_path / name for name in ("first", "profile", "drive")}
    environ = {"HOME": "first", "USERPROFILE": "profile", "HOMEPATH": "drive"}
    environ = {name: str(homes[value]) for name, value in environ.items()} | {"HOMEDRIVE": os.sep}
    environ["HOMEPATH"] = environ["HOMEPATH"].lstrip(os.sep)

    def found() -> str | None:
        path = default_path(environ, windows=True)
        return None if path is None else path.parent.parent.name

    assert default_path({}, windows=True) is None
    assert found() == "first", "none of the directories exists"
    homes["drive"].mkdir()
    assert found() == "drive", "only this directory exists"
    homes["profile"].mkdir()
    assert found() == "profile", "the profile takes precedence over the drive"
    for name in ("profile", "drive", "first"):
        (homes[name] / ".kube").mkdir(parents=True)
        (homes[name] / ".kube" / "config").touch()
        assert found() == name, "the first directory with a file is used"
    del environ["HOMEDRIVE"], environ["HOME"]
    assert found() == "profile"


@pytest.mark.covers("kubeconfig-unreadable-files")
def test_inaccessible_default_file_raises(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").symlink_to("config")
    for home, reason in ((str(tmp_path), "symbolic links"), ("/dev/null", "Not a directory"), ("\0", "null")):
        with pytest.raises(ConfigurationError, match=f"cannot be read: .*{reason}"):
            from_environment({"HOME": home, **POD})


def test_pod_provides_address_token_ca_and_namespace(service_account: Path) -> None:
    configuration = pod_configuration(POD, service_account)
    assert configuration.url == "https://10.0.0.1:443"
    assert configuration.token_file == service_account / "token"
    assert configuration.server_ca_file == service_account / "ca.crt"
    assert configuration.namespace == "pod-ns"


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("host", ["fd00::1", "[fd00::1]"])
def test_ipv6_address_is_put_in_brackets(service_account: Path, host: str) -> None:
    configuration = pod_configuration({**POD, "KUBERNETES_SERVICE_HOST": host}, service_account)
    assert configuration.url == "https://[fd00::1]:443"


def test_pod_namespace_variable_takes_precedence_over_the_file(service_account: Path) -> None:
    assert pod_configuration({**POD, "POD_NAMESPACE": "mine"}, service_account).namespace == "mine"
    (service_account / "namespace").unlink()
    assert pod_configuration(POD, service_account).namespace is None


@pytest.mark.covers("kubeconfig-context-namespace")
def test_context_without_namespace_uses_the_namespace_of_the_pod(
    write_kubeconfig: WriteKubeconfig, service_account: Path
) -> None:
    def namespace(**environ: str) -> str | None:
        return from_environment({"KUBECONFIG": str(path), **environ}, service_account=service_account).namespace

    path = write_kubeconfig()
    assert namespace(**POD) == "pod-ns"
    assert namespace(**POD, POD_NAMESPACE="mine") == "mine"
    assert namespace(POD_NAMESPACE="mine") is None, "not in a pod"
    write_kubeconfig({}, {}, {"namespace": "default"})
    assert namespace(**POD, POD_NAMESPACE="mine") == "default", "the context has a namespace"
    write_kubeconfig()
    (service_account / "namespace").unlink()
    assert namespace(**POD) is None
    (service_account / "token").unlink()
    assert namespace(**POD, POD_NAMESPACE="mine") is None, "the pod does not have a service account"


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("name", sorted(POD))
def test_missing_pod_variable_raises_and_is_named(service_account: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: is not set"):
        pod_configuration({key: value for key, value in POD.items() if key != name}, service_account)


def test_pod_port_that_is_a_url_raises(service_account: Path) -> None:
    with pytest.raises(ConfigurationError, match="KUBERNETES_SERVICE_PORT: is not a port number"):
        pod_configuration({**POD, "KUBERNETES_SERVICE_PORT": "tcp://10.0.0.1:443"}, service_account)


@pytest.mark.parametrize("name", ["token", "ca.crt"])
def test_missing_pod_file_raises_and_is_named(service_account: Path, name: str) -> None:
    (service_account / name).unlink()
    with pytest.raises(ConfigurationError, match=f"{service_account / name}: the file does not exist"):
        pod_configuration(POD, service_account)


def test_empty_pod_token_raises(service_account: Path) -> None:
    (service_account / "token").write_text("\n")
    with pytest.raises(ConfigurationError, match="is empty; write a token"):
        pod_configuration(POD, service_account)


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("port", ["0", "65536", "-1", "²", "9" * 5_000])
def test_invalid_pod_port_raises(service_account: Path, port: str) -> None:
    with pytest.raises(ConfigurationError, match="environment, KUBERNETES_SERVICE_PORT: is not a port number"):
        pod_configuration({**POD, "KUBERNETES_SERVICE_PORT": port}, service_account)


@pytest.mark.covers("pitfall-31")
@pytest.mark.parametrize("name", ["token", "ca.crt", "namespace"])
def test_unreadable_pod_file_raises_with_the_reason(service_account: Path, name: str) -> None:
    (service_account / name).unlink()
    (service_account / name).mkdir()
    with pytest.raises(ConfigurationError, match=f"{service_account / name}, {name}: cannot be read: Is a directory"):
        pod_configuration(POD, service_account)
