"""Tests of writing kubeconfigs: round trips, preserved content, the choice of the file, and locking."""

import dataclasses
import json
import os
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubex.configuration import (
    ClientConfiguration,
    ExecPlugin,
    Impersonation,
    Kubeconfig,
    OpenIDConnect,
    configure_from_kubeconfig,
    use_context,
)
from kubex.configuration import write_kubeconfig as write
from kubex.configuration._load import from_kubeconfig
from kubex.configuration._merge import read_and_merge
from kubex.configuration._writer import LOCK_TIMEOUT, Document, update_file
from kubex.errors import ConfigurationError

pytestmark = pytest.mark.anyio

WriteKubeconfig = Callable[..., Path]

URL = "https://api.example.com:6443"
UNUSUAL_STRINGS = [
    "1e3",
    "y",
    "No",
    "null",
    "~",
    "0x1f",
    "1_0",
    "1:30",
    "2024-01-01",
    "<<",
    "- a",
    "a: b",
    "#a",
    "é\t\x1b\n€",
    "'\"",
]
UNUSUAL_STRINGS += [
    " ",
    "%",
    "@a",
    "`",
    "!!int 5",
    "&a",
    "*a",
    "\U0001f600",
    "\x85\u2028\ufeff",
    "x" * 5000,
    "=",
    "a\\nb",
    "",
]
ISSUER: dict[str, Any] = {"issuer_url": "https://id.example.com", "client_id": "1"}
PLUGIN = ExecPlugin(
    command="aws",
    args=("eks", *UNUSUAL_STRINGS),
    env={"A": "1", "yes": "on"},
    install_hint="\n\n".join(UNUSUAL_STRINGS),
    provide_cluster_info=True,
    interactive_mode="Always",
    cluster_config={"a": [1, -2.5, 1e30, 10**30, True, None, {}, [], *UNUSUAL_STRINGS], "y": {"null": "null"}},
)
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "anonymous": {},
    "http": {"url": "http://localhost:8080/prefix", "impersonate": Impersonation(user="jane")},
    "cluster": {
        "server_ca_data": "PEM\né",
        "tls_server_name": "no",
        "proxy_url": "http://u:p@proxy:1",
        "namespace": "y",
    },
    "insecure": {"insecure_skip_tls_verify": True, "disable_compression": True},
    "files": {name: Path(name) for name in ("server_ca_file", "client_cert_file", "client_key_file", "token_file")},
    "data": {"client_cert_data": "CERT\n", "client_key_data": "KEY\n", "token": "0x10"},
    "token": {"token_file": Path("token"), "token": "1e3"},
    "password": {"username": "null", "password": "\x00é\ud7ff"},
    "empty password": {"username": "u", "password": ""},
    "exec": {"exec": PLUGIN},
    "beta": {"exec": ExecPlugin(command="/bin/aws", api_version="client.authentication.k8s.io/v1beta1")},
    "oidc": {"oidc": OpenIDConnect(**ISSUER, refresh_token="1e3")},
    "oidc file": {"oidc": OpenIDConnect(**ISSUER, client_secret="s\n", id_token="i", ca_file=Path("ca"))},
    "oidc data": {"oidc": OpenIDConnect(**ISSUER, id_token="i", ca_data="PEM")},
    "impersonate": {
        "token": "t",
        "impersonate": Impersonation(user="1e3", uid="7", groups=("y", "b"), extra={"k": ("v", "1"), "on": ()}),
    },
}


def configuration(name: str = "data", folder: Path = Path("/nowhere")) -> ClientConfiguration:
    """Create a configuration, and in `folder` the files that it names."""
    fields = CONFIGURATIONS[name].copy()
    for field, value in fields.items():
        if isinstance(value, Path):
            fields[field] = folder / value
            fields[field].write_text("PEM")
    if fields.get("oidc") is not None and fields["oidc"].ca_file is not None:
        (folder / "ca").write_text("PEM")
        fields["oidc"] = OpenIDConnect(**ISSUER, client_secret="s\n", id_token="i", ca_file=folder / "ca")
    return ClientConfiguration(**{"url": URL, **fields})


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_bytes())


@pytest.mark.parametrize("name", CONFIGURATIONS)
async def test_written_configuration_is_read_back_unchanged(tmp_path: Path, name: str) -> None:
    written, path = configuration(name, tmp_path), tmp_path / "new" / "config"
    assert await write(written, path) == path
    assert await configure_from_kubeconfig(path) == written
    assert await write(written, path, context="again", cluster="c", user="u") == path
    assert await configure_from_kubeconfig(path, context="again") == written


async def test_plugin_with_other_credentials_is_written_but_not_read(tmp_path: Path) -> None:
    both = ClientConfiguration(url=URL, token="t", exec=ExecPlugin(command="aws"))
    path = await write(both, tmp_path / "config")
    assert load(path)["users"][0]["user"]["exec"]["command"] == "aws"
    assert from_kubeconfig(path) == dataclasses.replace(both, exec=None)


async def test_paths_are_written_as_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("t")
    (tmp_path / "x").mkdir()
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x" / "config"
    await write(ClientConfiguration(url=URL, token_file="token"), path, context="file")
    await write(ClientConfiguration(url=URL, exec=ExecPlugin(command="./aws")), path, context="exec")
    assert from_kubeconfig(path).token_file == tmp_path / "token"
    plugin = (await configure_from_kubeconfig(path, context="exec")).exec
    assert plugin is not None
    assert plugin.command == str(tmp_path / "aws")


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"exec": ExecPlugin(command="aws", timeout=1)}, "timeout", "cannot be stored in a kubeconfig"),
        ({"url": "http://localhost:8080", "token": "s3cr3t"}, "url", "sent only to https:// servers"),
        ({"token_file": "s3cr3t\ud800"}, None, "cannot be written"),
    ],
)
async def test_settings_that_a_kubeconfig_cannot_represent_raise_and_write_nothing(
    tmp_path: Path, fields: dict[str, Any], field: str | None, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        await write(ClientConfiguration(**{"url": URL, **fields}), tmp_path / "config")
    assert caught.value.field == field
    assert "s3cr3t" not in str(caught.value)
    assert names_in(tmp_path) == ["home"]


async def test_empty_context_name_raises(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="context: is empty"):
        await write(configuration(), tmp_path / "config", context="")


@pytest.mark.covers("kubeconfig-preferences-extensions")
async def test_other_entries_and_fields_are_preserved(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(
        {"extensions": [{"name": "x", "extension": {"when": "2024-01-01"}}]},
        {"token": "t"},
        preferences={"colors": True},
        x=1,
    )
    before = load(path)
    await write(configuration(), path)
    after = load(path)
    for plural in ("clusters", "contexts", "users"):
        assert [each["name"] for each in after[plural]] == [before[plural][0]["name"], "kubex"]
        assert after[plural][0] == before[plural][0]
    assert (after["current-context"], after["preferences"], after["x"]) == ("here", {"colors": True}, 1)


async def test_lists_that_share_a_yaml_alias_get_separate_entries(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("clusters: &all []\ncontexts: *all\nusers: *all\n")
    await write(configuration(), path)
    assert from_kubeconfig(path) == configuration()
    assert [len(load(path)[plural]) for plural in ("clusters", "contexts", "users")] == [1, 1, 1]


async def test_entries_with_the_same_names_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config"
    await write(configuration("cluster"), path)
    await write(configuration("anonymous"), path)
    assert from_kubeconfig(path) == configuration("anonymous")
    assert [len(load(path)[plural]) for plural in ("clusters", "contexts", "users")] == [1, 1, 1]


async def test_replace_overwrites_a_malformed_file(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"[")
    with pytest.raises(ConfigurationError, match="is not valid YAML"):
        await write(configuration(), path)
    assert path.read_bytes() == b"["
    await write(configuration(), path, replace=True)
    assert from_kubeconfig(path) == configuration()


async def test_make_current_sets_the_current_context(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig()
    await write(configuration(), path, context="new", make_current=True)
    assert load(path)["current-context"] == "new"


@pytest.mark.covers("kubeconfig-owner-and-mode")
async def test_new_file_has_mode_0600(tmp_path: Path) -> None:
    await write(configuration(), tmp_path / "config")
    assert stat.S_IMODE((tmp_path / "config").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["config", "home"]


@pytest.mark.covers("kubeconfig-owner-and-mode")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
async def test_existing_file_keeps_its_mode_and_symbolic_link(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, mode: int
) -> None:
    path, link = write_kubeconfig(), tmp_path / "link"
    path.chmod(mode)
    link.symlink_to(path.name)
    await write(configuration(), link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names_in(tmp_path) == ["home", "kubeconfig", "link"]


@pytest.mark.covers("kubeconfig-written-files")
async def test_entries_are_written_to_the_same_files_as_by_kubectl(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing, first = tmp_path / "missing", write_kubeconfig(path=tmp_path / "first", users=None, contexts=None)
    second = write_kubeconfig({}, {"token": "old"}, path=tmp_path / "second", clusters=None)
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, (missing, first, second))))
    assert await write(configuration(), context="here", user="admin", make_current=True) == second
    assert from_kubeconfig(None) == configuration()
    assert [each["name"] for each in load(first)["clusters"]] == ["c", "here"], (
        "new entries go to the first file that exists"
    )
    assert load(second)["users"][0]["user"]["token"] == "0x10", "an existing entry is replaced in its file"
    assert await use_context("here") == first
    first.unlink()
    second.unlink()
    assert await write(configuration()) == second, "otherwise to the last file"


async def test_default_file_is_written_without_a_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Path(os.environ["HOME"], ".kube", "config")
    assert await write(configuration()) == expected
    assert from_kubeconfig(None) == configuration()
    monkeypatch.delenv("HOME")
    with pytest.raises(ConfigurationError, match="HOME is not set; pass a path"):
        await write(configuration())


async def test_use_context_sets_the_current_context(write_kubeconfig: WriteKubeconfig) -> None:
    contexts = [{"name": name, "context": {"cluster": "c", "namespace": name}} for name in ("here", "there")]
    path = write_kubeconfig(contexts=contexts)
    before = load(path)
    assert await use_context("there", path) == path
    assert (await Kubeconfig.read(path)).current == "there"
    assert load(path) == before | {"current-context": "there"}
    with pytest.raises(ConfigurationError, match=r"context 'gone' does not exist \(available: here, there\)"):
        await use_context("gone", path)


async def test_current_context_set_by_another_program_meanwhile_is_kept(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, pipe = write_kubeconfig(**{"current-context": None}), tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, (path, pipe))))

    def switch_meanwhile() -> None:
        with pipe.open("wb") as stream:  # blocks until the first file has been read
            update_file(path, lambda document: document.update({"current-context": "here"}))
            stream.write(b"users: []")

    with ThreadPoolExecutor() as pool:
        switched = pool.submit(switch_meanwhile)
        await write(configuration(), context="new")
        switched.result()
    kubeconfig = await Kubeconfig.read(path)
    assert (kubeconfig.current, set(kubeconfig.contexts)) == ("here", {"here", "new"})


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
async def test_folders_and_pipes_are_not_replaced(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "config")
    with pytest.raises(ConfigurationError, match="is not a regular file, so it cannot be written"):
        await write(configuration(), tmp_path / "config", replace=True)


def test_lock_of_another_program_raises_after_the_timeout(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig()
    lock = path.with_name("kubeconfig.lock")
    lock.touch()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=f"{lock}: another program is writing .* delete this lock file"):
        update_file(path, lambda document: document.clear(), timeout=0.05)
    assert path.read_bytes() == before
    assert lock.exists(), "another program created it"


def test_concurrent_writers_do_not_lose_changes(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig()

    def add_one(number: int) -> None:
        def add(document: Document) -> None:
            document["users"].append({"name": f"u{number}", "user": {}})

        update_file(path, add, timeout=30)

    threads = [threading.Thread(target=add_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each["name"] for each in load(path)["users"]) == ["admin", *(f"u{number}" for number in range(8))]
    assert not path.with_name("kubeconfig.lock").exists()


def test_large_file_is_written_before_the_lock_timeout_of_another_writer(tmp_path: Path) -> None:
    path, data = tmp_path / "config", "QUFB" * 400
    clusters = [{"name": f"c{number}", "cluster": {"certificate-authority-data": data}} for number in range(1200)]
    users = [{"name": f"u{number}", "user": {"client-key-data": data}} for number in range(1200)]
    path.write_text(json.dumps({"clusters": clusters, "users": users}))
    start = time.thread_time()  # not the time in which other programs run
    update_file(path, lambda document: document["users"].append({"name": "one", "user": {}}))
    assert time.thread_time() - start < LOCK_TIMEOUT
    assert "one" in read_and_merge([path]).users


def test_failing_update_keeps_the_file_and_removes_the_lock(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig()
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        update_file(path, lambda _: 1 / 0)
    assert path.read_bytes() == before
    update_file(path, lambda document: document.update(x=1))
