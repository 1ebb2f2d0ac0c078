"""Tests of storing new OpenID Connect tokens in a kubeconfig."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubex.configuration import OpenIDTokens, configure_from_kubeconfig
from kubex.configuration._load import from_kubeconfig
from kubex.configuration._writer import update_file
from kubex.errors import ConfigurationError

pytestmark = pytest.mark.anyio

WriteKubeconfig = Callable[..., Path]


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_bytes())


PROVIDER: dict[str, Any] = {
    "name": "oidc",
    "config": {"idp-issuer-url": "https://id.example.com", "client-id": "c", "refresh-token": "r1"},
}


@pytest.mark.covers("kubeconfig-auth-provider-tokens")
async def test_new_tokens_are_stored_in_the_file_that_contains_the_user(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_kubeconfig(path=tmp_path / "first", users=None)
    second = write_kubeconfig({}, {"auth-provider": PROVIDER, "x": 1}, path=tmp_path / "second")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, (first, second))))
    oidc = (await configure_from_kubeconfig(write_back=True)).oidc
    assert oidc is not None
    assert oidc.save is not None
    untouched = first.read_bytes()
    update_file(second, lambda document: document["users"].append({"name": "meanwhile", "user": {"token": "t"}}))
    oidc.save(OpenIDTokens(id_token="i2", refresh_token="r2"))
    users = load(second)["users"]
    assert users[0]["user"] == {
        "auth-provider": {"name": "oidc", "config": PROVIDER["config"] | {"id-token": "i2", "refresh-token": "r2"}},
        "x": 1,
    }
    assert users[1]["name"] == "meanwhile"
    assert first.read_bytes() == untouched
    again = (await configure_from_kubeconfig()).oidc
    assert again is not None
    assert (again.id_token, again.refresh_token, again.save) == ("i2", "r2", None), (
        "tokens are stored only with write_back"
    )


@pytest.mark.covers("kubeconfig-auth-provider-tokens")
def test_new_tokens_do_not_change_users_that_share_a_yaml_alias(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path
) -> None:
    path = write_kubeconfig({}, {"auth-provider": PROVIDER})
    text = path.read_text()
    assert text.endswith("      name: oidc\n"), "users are the last field"
    path.write_text(text.replace("\n  user:\n", "\n  user: &u\n") + "- name: other\n  user: *u\n")
    oidc = from_kubeconfig(path, write_back=True).oidc
    assert oidc is not None
    assert oidc.save is not None
    oidc.save(OpenIDTokens(id_token="i2", refresh_token="r2"))
    assert load(path)["users"][1]["user"] == {"auth-provider": PROVIDER}


@pytest.mark.parametrize(
    "user", [{"token": "t"}, {"auth-provider": {"name": "gcp", "config": {}}}, {"auth-provider": []}]
)
def test_storing_tokens_raises_if_the_user_was_removed(write_kubeconfig: WriteKubeconfig, user: dict[str, Any]) -> None:
    path = write_kubeconfig({}, {"auth-provider": PROVIDER})
    oidc = from_kubeconfig(path, write_back=True).oidc
    assert oidc is not None
    assert oidc.save is not None
    write_kubeconfig({}, user)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="no longer has an auth-provider oidc") as caught:
        oidc.save(OpenIDTokens(id_token="s3cr3t", refresh_token="s3cr3t"))
    assert (caught.value.source, caught.value.entry) == (str(path), "user 'admin'")
    assert path.read_bytes() == before
