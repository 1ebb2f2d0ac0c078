"""Hostile kubeconfigs that are written to: an error changes nothing, and what is acknowledged reads back."""

import json
import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml

from configuration.hostile import BY_PROVIDER, STRANGE, WHOLE, damaged, places, said_of, with_value
from kubex.configuration import (
    ClientConfiguration,
    OpenIDTokens,
    configure_from_kubeconfig,
    use_context,
    write_kubeconfig,
)
from kubex.configuration._token_store import TokenStore
from kubex.configuration._yaml import parse
from kubex.errors import ConfigurationError

CONFIGURATION = ClientConfiguration(url="https://new:1", token="t")
TOKENS = OpenIDTokens(id_token="new-i", refresh_token="new-r")
PLURALS = ("clusters", "contexts", "users")

Document = Mapping[Any, Any]


def same(one: object, other: object) -> bool:
    """Compare documents, in which what is no number equals itself."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def without(document: Document, *names: str) -> Document:
    """Leave fields out, and those that are null or what is written for them."""
    defaults: Document = {"apiVersion": "v1", "kind": "Config", "current-context": "", **{each: [] for each in PLURALS}}
    kept = {name: value for name, value in document.items() if value is not None and value != defaults.get(name)}
    return {name: value for name, value in kept.items() if name not in names}


def switch(path: Path, before: Document) -> None:
    anyio.run(use_context, "here", path)
    after: Document = parse(path)
    assert after["current-context"] == "here"
    assert same(without(after, "current-context"), without(before, "current-context"))


def add(path: Path, before: Document) -> None:
    anyio.run(partial(write_kubeconfig, CONFIGURATION, path, context="new", make_current=True))
    assert anyio.run(configure_from_kubeconfig, path) == CONFIGURATION
    after: Document = parse(path)
    assert same(without(after, "current-context", *PLURALS), without(before, "current-context", *PLURALS))
    for plural in PLURALS:
        assert same(after[plural][:-1], before.get(plural) or [])


def save(path: Path, before: Document) -> None:
    TokenStore(path, "u")(TOKENS)
    after: Document = parse(path)
    [at] = [position for position, each in enumerate(after["users"]) if each.get("name") == "u"]
    found = after["users"][at]["user"]["auth-provider"]["config"]
    assert (found["id-token"], found["refresh-token"]) == (TOKENS.id_token, TOKENS.refresh_token)
    expected = with_value(before, ("users", at, "user", "auth-provider", "config"), found)
    assert same(without(after), without(expected))


WAYS: list[Callable[[Path, Document], None]] = [switch, add, save]


def write_to(content: bytes, path: Path) -> int:
    """Write in each way; answer how many of them were possible."""
    done = 0
    for way in WAYS:
        path.write_bytes(content)
        try:
            before = parse(path)
        except ConfigurationError:
            before = {}
        try:
            way(path, before)
            done += 1
        except ConfigurationError:
            assert path.read_bytes() == content
        assert [each.name for each in path.parent.iterdir()] == [path.name], "no lock and no temporary file is left"
    return done


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that is alone in its folder."""
    (tmp_path / "alone").mkdir()
    return tmp_path / "alone" / "config"


@pytest.mark.parametrize("document", [WHOLE, BY_PROVIDER], ids=["exec", "oidc"])
def test_strange_values_are_errors_or_stay(path: Path, document: dict[str, Any]) -> None:
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)  # noqa: S311 - to be had again
    done = 0
    for place in places(document):
        value = chance.choice(STRANGE)
        content: Any = yaml.dump(with_value(document, place, value), Dumper=yaml.CSafeDumper, encoding="utf-8")
        with said_of(f"seed {seed}: {value!r:.50} in {place}"):
            done += write_to(content, path)
    assert done > 0


@pytest.mark.parametrize("_", range(10))
def test_random_damage_is_an_error_or_stays(path: Path, _: int) -> None:
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)  # noqa: S311 - to be had again
    for _turn in range(20):
        content = damaged(chance)
        with said_of(f"seed {seed}: {content!r}"):
            write_to(content, path)
