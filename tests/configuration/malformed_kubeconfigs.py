"""Kubeconfigs with unusual values or random corruption, for the tests that read and write them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubex.configuration._yaml import dump

PEM = "UEVN"
WITH_EXEC: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "here",
    "preferences": {},
    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "ns"}}],
    "clusters": [
        {
            "name": "c",
            "cluster": {
                "server": "https://a:1",
                "certificate-authority": "ca",
                "certificate-authority-data": PEM,
                "insecure-skip-tls-verify": False,
                "tls-server-name": "a",
                "proxy-url": "http://p:1",
                "disable-compression": True,
                "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"a": [1]}}],
            },
        }
    ],
    "users": [
        {
            "name": "u",
            "user": {
                "token": "t",
                "tokenFile": "t",
                "username": None,
                "password": None,
                "client-certificate": None,
                "client-certificate-data": PEM,
                "client-key": None,
                "client-key-data": PEM,
                "as": "a",
                "as-uid": "1",
                "as-groups": ["g"],
                "as-user-extra": {"k": ["v"]},
                "exec": {
                    "apiVersion": "client.authentication.k8s.io/v1",
                    "command": "c",
                    "args": ["a"],
                    "env": [{"name": "a", "value": "v"}],
                    "installHint": "h",
                    "provideClusterInfo": True,
                    "interactiveMode": "Never",
                },
                "auth-provider": None,
            },
        }
    ],
}
OIDC = {"idp-issuer-url": "https://i", "client-id": "c", "id-token": "i", "idp-certificate-authority-data": PEM}
WITH_OIDC = {**WITH_EXEC, "users": [{"name": "u", "user": {"auth-provider": {"name": "oidc", "config": OIDC}}}]}
UNUSUAL_VALUES: list[Any] = [
    None,
    True,
    0,
    -1.5,
    10**40,
    "",
    " ",
    "x",
    "\x00",
    "../..",
    "/dev/zero",
    "é€",
    "a\r\nb",
    "https://",
]
UNUSUAL_VALUES += [
    "https://[",
    "https://a:99999",
    "https://a b",
    "http://u:p@h",
    "x" * 100_000,
    [],
    [[]],
    [None],
    ["x"],
    {},
]
UNUSUAL_VALUES += [{"x": None}, {"name": None}, [{"name": "x"}, {"name": "x"}]]
FRAGMENTS = [
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!",
    b"!!python/object:os.system ",
    b"---\n",
    b"\xff",
    b"\x00",
    b"\t",
    b"{",
    b"[",
]
FRAGMENTS += [
    b"\xef\xbb\xbf",
    b"? ",
    b"%YAML 9\n",
    b"|",
    b">",
    b"\r",
    b": ",
    b"- ",
    b"'",
    b'"',
    b"#",
    b"1e999",
    b"9" * 5000,
]
FRAGMENTS += [b"0x" + b"f" * 5000, b'"\\ud800"', b".nan", b"~: ", b"yes: ", b"1e3"]


@contextmanager
def describe_failure(description: str) -> Iterator[None]:
    """Add a description of the input to the failure of a test."""
    try:
        yield
    except Exception as error:
        raise AssertionError(description) from error


def paths_of(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value of a document."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_of(child, *path, key)


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Copy a document with another value at one path."""
    if not path:
        return value
    changed = document.copy()
    changed[path[0]] = with_value(document[path[0]], path[1:], value)
    return changed


def corrupt(rng: random.Random) -> bytes:
    """Write a valid document and replace some of its bytes."""
    content = bytearray(dump(rng.choice([WITH_EXEC, WITH_OIDC])))
    for _ in range(rng.randrange(1, 8)):
        start, length = rng.randrange(len(content) + 1), rng.choice([0, 0, 1, 20])
        content[start : start + length] = rng.choice([*FRAGMENTS, rng.randbytes(3), content[start : start + 40]])
    return bytes(content)
