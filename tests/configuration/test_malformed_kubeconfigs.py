"""Tests of reading malformed kubeconfigs: each is read or raises ConfigurationError, in bounded time and memory."""

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from kubex.configuration import ClientConfiguration, Kubeconfig, configure_from_kubeconfig
from kubex.configuration._context import ConfigOverrides
from kubex.configuration._load import from_kubeconfig
from kubex.configuration._yaml import MAX_BYTES, dump
from kubex.credentials._file_io import read_bytes, read_text
from kubex.errors import ConfigurationError

WriteKubeconfig = Callable[..., Path]


def read_or_none(path: Path, **overrides: str) -> ClientConfiguration | None:
    """Read a kubeconfig; return None on ConfigurationError. Any other exception fails the test."""
    try:
        return from_kubeconfig(path, ConfigOverrides(**overrides))
    except ConfigurationError:
        return None


@pytest.mark.parametrize("document", [WITH_EXEC, WITH_OIDC], ids=["exec", "oidc"])
def test_unusual_values_in_any_field_raise_or_are_read(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "config"
    (tmp_path / "t").write_text("t")
    count = 0
    for path_in_document in paths_of(document):
        for value in UNUSUAL_VALUES:
            path.write_bytes(
                yaml.dump(with_value(document, path_in_document, value), Dumper=yaml.CSafeDumper, encoding="utf-8")
            )
            with describe_failure(f"{value!r:.50} in {path_in_document}"):
                count += read_or_none(path) is not None
    assert count > 0


def test_valid_documents_are_read(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("t")
    for document in (WITH_EXEC, WITH_OIDC):
        (tmp_path / "config").write_bytes(dump(document))
        assert read_or_none(tmp_path / "config") is not None


@pytest.mark.parametrize("_", range(10))
def test_random_corruption_raises_or_is_read(tmp_path: Path, _: int) -> None:
    seed = random.SystemRandom().randrange(10**9)
    rng = random.Random(seed)  # noqa: S311 - reproducible
    path = tmp_path / "config"
    for _round in range(60):
        content = corrupt(rng)
        path.write_bytes(content)
        with describe_failure(f"seed {seed}: {content!r}"):
            read_or_none(path)


def test_random_bytes_raise(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**9)
    rng = random.Random(seed)  # noqa: S311 - reproducible
    for _ in range(300):
        content = rng.randbytes(rng.randrange(200))
        (tmp_path / "config").write_bytes(content)
        assert read_or_none(tmp_path / "config") is None, f"seed {seed}: {content!r}"


def billion_laughs(merge: str) -> bytes:
    """Write a small document that expands to a billion values."""
    lines = ["a0: &a0 {x: lol}"]
    for number in range(1, 40):
        inner = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} " + merge.format(inner, number))
    return "\n".join(lines).encode()


OVERSIZED = {
    "aliases": billion_laughs("[{0}]"),
    "merges": billion_laughs("{{<<: [{0}], y{1}: 1}}"),
    "long string by aliases": b"a: &a " + b"x" * 100_000 + b"\nb: [" + b"*a, " * 10_000 + b"]",
    "deep lists": b"[" * 1_000_000,
    "deep mappings": b"{a: " * 1_000_000,
    "deep keys": b"? " * 1_000_000,
    "deep indentation": b"".join(b" " * depth + b"a:\n" for depth in range(2000)),
    "many values": b"a: [" + b"1," * 4_000_000 + b"]",
    "many documents": b"--- 1\n" * 100_000,
    "many anchors": b"a: [" + b",".join(b"&a%d x" % number for number in range(200_000)) + b"]",
    "keys with the same hash": b"a: {"
    + b",".join(b"%d: 1" % (number * (2**61 - 1)) for number in range(80_000))
    + b"}",
    "digits": b"a: " + b"9" * (MAX_BYTES - 10),
    "hexadecimal digits": b"a: 0x" + b"f" * (MAX_BYTES - 10),
    "sexagesimal digits": b"a: 1" + b":1" * (MAX_BYTES // 2 - 10),
    "fraction digits": b"a: 1." + b"9" * (MAX_BYTES - 10),
    "a long key": b"x" * (MAX_BYTES - 10) + b": 1",
    "a long line": b"a: '" + b"x " * (MAX_BYTES // 2 - 10) + b"'",
    "spaces": b" " * MAX_BYTES,
    "comments": b"#\n" * (MAX_BYTES // 2),
    "tags": b"%TAG !a! tag:a\n" * 10_000,
    "too long": b"#" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", OVERSIZED)
def test_oversized_documents_raise_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "config").write_bytes(OVERSIZED[name])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_or_none(tmp_path / "config") is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 << 10, "KiB"


@pytest.mark.parametrize(
    "name", ["folder", "/dev/zero", "loop", "missing", "nul\0", "x" * 5000, "socket", "../" * 2000]
)
def test_paths_that_are_not_files_raise(write_kubeconfig: WriteKubeconfig, tmp_path: Path, name: str) -> None:
    import socket

    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        with pytest.raises(ConfigurationError):
            from_kubeconfig(tmp_path / name)
        with pytest.raises(ConfigurationError):
            read_text(tmp_path / name, field="token_file")
        if name != "/dev/zero":
            assert read_or_none(write_kubeconfig({"certificate-authority": name})) is None or name == "socket"


def test_dev_null_is_an_empty_kubeconfig() -> None:
    with pytest.raises(ConfigurationError, match="current-context: is not set"):
        from_kubeconfig(Path("/dev/null"))


@pytest.mark.covers("kubeconfig-pipes")
@pytest.mark.anyio
@pytest.mark.parametrize("as_object", [False, True])
async def test_kubeconfig_is_read_from_a_pipe(write_kubeconfig: WriteKubeconfig, as_object: bool) -> None:
    content = write_kubeconfig({}, {"token": "t" * 100_000}).read_bytes()
    read_end, write_end = os.pipe()

    def write() -> None:
        with os.fdopen(write_end, "wb", buffering=0) as pipe:
            for start in range(0, len(content), 4096):
                pipe.write(content[start : start + 4096])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        path = Path(f"/dev/fd/{read_end}")
        configuration = await (
            (await Kubeconfig.read(path)).configuration() if as_object else configure_from_kubeconfig(path)
        )
    finally:
        writer.join()
        os.close(read_end)
    assert configuration.token == "t" * 100_000


@pytest.mark.covers("kubeconfig-pipes")
def test_pipe_without_a_writer_raises_after_the_timeout(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match=r"its end was not reached within 0\.05 seconds"):
        read_bytes(tmp_path / "pipe", timeout=0.05)
    with (tmp_path / "pipe").open("r+b", buffering=0) as writer:
        writer.write(b"begun")
        with pytest.raises(ConfigurationError, match="its end was not reached"):
            read_bytes(tmp_path / "pipe", timeout=0.05)


def test_pipe_with_a_token_is_not_read_until_it_is_used(write_kubeconfig: WriteKubeconfig, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    configuration = from_kubeconfig(write_kubeconfig({}, {"tokenFile": "pipe"}))
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=("token",))
    writer.start()
    assert read_text(configuration.token_file or "", field="token_file") == "token"
    writer.join()


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
def test_endless_device_with_a_token_raises(device: str) -> None:
    with pytest.raises(ConfigurationError, match="token_file: is larger than 4 MiB"):
        read_text(device, field="token_file")
