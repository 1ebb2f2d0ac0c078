"""Kubeconfigs that are strange or damaged, for the tests that read and write them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubex.configuration._yaml import dump

PEM = "UEVN"
WHOLE: dict[str, Any] = {
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
BY_PROVIDER = {**WHOLE, "users": [{"name": "u", "user": {"auth-provider": {"name": "oidc", "config": OIDC}}}]}
STRANGE: list[Any] = [
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
STRANGE += ["https://[", "https://a:99999", "https://a b", "http://u:p@h", "x" * 100_000, [], [[]], [None], ["x"], {}]
STRANGE += [{"x": None}, {"name": None}, [{"name": "x"}, {"name": "x"}]]
PIECES = [b"&a ", b"*a", b"<<: ", b"!!", b"!!python/object:os.system ", b"---\n", b"\xff", b"\x00", b"\t", b"{", b"["]
PIECES += [
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
PIECES += [b"0x" + b"f" * 5000, b'"\\ud800"', b".nan", b"~: ", b"yes: ", b"1e3"]


@contextmanager
def said_of(what: str) -> Iterator[None]:
    """Name what was read in the failure."""
    try:
        yield
    except Exception as error:
        raise AssertionError(what) from error


def places(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value of a document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, *path, key)


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Copy a document with another value in one place."""
    if not path:
        return value
    changed = document.copy()
    changed[path[0]] = with_value(document[path[0]], path[1:], value)
    return changed


def damaged(chance: random.Random) -> bytes:
    """Write a whole document and put something else into some places."""
    content = bytearray(dump(chance.choice([WHOLE, BY_PROVIDER])))
    for _ in range(chance.randrange(1, 8)):
        at, length = chance.randrange(len(content) + 1), chance.choice([0, 0, 1, 20])
        content[at : at + length] = chance.choice([*PIECES, chance.randbytes(3), content[at : at + 40]])
    return bytes(content)
