"""Tests of writing to malformed kubeconfigs: an error changes nothing, and a success can be read back."""

import json
import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml

from configuration.malformed_kubeconfigs import (
    UNUSUAL_VALUES,
    WITH_EXEC,
    WITH_OIDC,
    corrupt,
    describe_failure,
    paths_of,
    with_value,
)
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


def equal(one: object, other: object) -> bool:
    """Compare documents; NaN equals NaN."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def without(document: Document, *names: str) -> Document:
    """Return a document without these fields, and without null fields and default values."""
    defaults: Document = {"apiVersion": "v1", "kind": "Config", "current-context": "", **{each: [] for each in PLURALS}}
    remaining = {name: value for name, value in document.items() if value is not None and value != defaults.get(name)}
    return {name: value for name, value in remaining.items() if name not in names}


def switch_context(path: Path, before: Document) -> None:
    anyio.run(use_context, "here", path)
    after: Document = parse(path)
    assert after["current-context"] == "here"
    assert equal(without(after, "current-context"), without(before, "current-context"))


def add_context(path: Path, before: Document) -> None:
    anyio.run(partial(write_kubeconfig, CONFIGURATION, path, context="new", make_current=True))
    assert anyio.run(configure_from_kubeconfig, path) == CONFIGURATION
    after: Document = parse(path)
    assert equal(without(after, "current-context", *PLURALS), without(before, "current-context", *PLURALS))
    for plural in PLURALS:
        assert equal(after[plural][:-1], before.get(plural) or [])


def save_tokens(path: Path, before: Document) -> None:
    TokenStore(path, "u")(TOKENS)
    after: Document = parse(path)
    [index] = [number for number, each in enumerate(after["users"]) if each.get("name") == "u"]
    found = after["users"][index]["user"]["auth-provider"]["config"]
    assert (found["id-token"], found["refresh-token"]) == (TOKENS.id_token, TOKENS.refresh_token)
    expected = with_value(before, ("users", index, "user", "auth-provider", "config"), found)
    assert equal(without(after), without(expected))


WRITERS: list[Callable[[Path, Document], None]] = [switch_context, add_context, save_tokens]


def try_writers(content: bytes, path: Path) -> int:
    """Call each writer with a file of this content; return how many succeeded."""
    succeeded = 0
    for writer in WRITERS:
        path.write_bytes(content)
        try:
            before = parse(path)
        except ConfigurationError:
            before = {}
        try:
            writer(path, before)
            succeeded += 1
        except ConfigurationError:
            assert path.read_bytes() == content
        assert [each.name for each in path.parent.iterdir()] == [path.name], "the lock and temporary files are removed"
    return succeeded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file in an empty folder."""
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "config"


@pytest.mark.parametrize("document", [WITH_EXEC, WITH_OIDC], ids=["exec", "oidc"])
def test_unusual_values_raise_or_are_preserved(path: Path, document: dict[str, Any]) -> None:
    seed = random.SystemRandom().randrange(10**9)
    rng = random.Random(seed)  # noqa: S311 - reproducible
    succeeded = 0
    for path_in_document in paths_of(document):
        value = rng.choice(UNUSUAL_VALUES)
        content: Any = yaml.dump(
            with_value(document, path_in_document, value), Dumper=yaml.CSafeDumper, encoding="utf-8"
        )
        with describe_failure(f"seed {seed}: {value!r:.50} in {path_in_document}"):
            succeeded += try_writers(content, path)
    assert succeeded > 0


@pytest.mark.parametrize("_", range(10))
def test_random_corruption_raises_or_is_preserved(path: Path, _: int) -> None:
    seed = random.SystemRandom().randrange(10**9)
    rng = random.Random(seed)  # noqa: S311 - reproducible
    for _round in range(20):
        content = corrupt(rng)
        with describe_failure(f"seed {seed}: {content!r}"):
            try_writers(content, path)
