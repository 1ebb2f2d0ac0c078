"""Files that are no kubeconfig, or a hostile one: each loads or is a ConfigurationError, in bounded time and memory."""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from configuration.hostile import BY_PROVIDER, STRANGE, WHOLE, damaged, places, said_of, with_value
from kubex.configuration import ClientConfiguration, Kubeconfig, configure_from_kubeconfig
from kubex.configuration._context import ConfigOverrides
from kubex.configuration._load import from_kubeconfig
from kubex.configuration._yaml import MAX_BYTES, dump
from kubex.credentials._file_io import read_bytes, read_text
from kubex.errors import ConfigurationError

WriteKubeconfig = Callable[..., Path]

SECONDS = 20.0
"""Far above what the slowest takes, far below what a loop without bounds would."""


def outcome(path: Path, **choice: str) -> ClientConfiguration | None:
    """Read a kubeconfig; answer None if that is an error. Nothing else may come out, and it may not take long."""
    began = time.monotonic()
    try:
        return from_kubeconfig(path, ConfigOverrides(**choice))
    except ConfigurationError:
        return None
    finally:
        assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("document", [WHOLE, BY_PROVIDER], ids=["exec", "oidc"])
def test_a_strange_value_in_any_place_is_an_error_or_loads(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "config"
    (tmp_path / "t").write_text("t")
    loaded = 0
    for place in places(document):
        for value in STRANGE:
            path.write_bytes(yaml.dump(with_value(document, place, value), Dumper=yaml.CSafeDumper, encoding="utf-8"))
            with said_of(f"{value!r:.50} in {place}"):
                loaded += outcome(path) is not None
    assert loaded > 0


def test_whole_documents_load_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("t")
    for document in (WHOLE, BY_PROVIDER):
        (tmp_path / "config").write_bytes(dump(document))
        assert outcome(tmp_path / "config") is not None


@pytest.mark.parametrize("_", range(10))
def test_random_damage_is_an_error_or_loads(tmp_path: Path, _: int) -> None:
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)  # noqa: S311 - to be had again
    path = tmp_path / "config"
    for _turn in range(60):
        content = damaged(chance)
        path.write_bytes(content)
        with said_of(f"seed {seed}: {content!r}"):
            outcome(path)


def test_random_bytes_are_an_error(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)  # noqa: S311 - to be had again
    for _ in range(300):
        content = chance.randbytes(chance.randrange(200))
        (tmp_path / "config").write_bytes(content)
        assert outcome(tmp_path / "config") is None, f"seed {seed}: {content!r}"


def laughs(merge: str) -> bytes:
    """Write a document that is small and stands for a billion values."""
    lines = ["a0: &a0 {x: lol}"]
    for number in range(1, 40):
        inner = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} " + merge.format(inner, number))
    return "\n".join(lines).encode()


BOMBS = {
    "aliases": laughs("[{0}]"),
    "merges": laughs("{{<<: [{0}], y{1}: 1}}"),
    "long text by aliases": b"a: &a " + b"x" * 100_000 + b"\nb: [" + b"*a, " * 10_000 + b"]",
    "deep lists": b"[" * 1_000_000,
    "deep mappings": b"{a: " * 1_000_000,
    "deep keys": b"? " * 1_000_000,
    "deep indentation": b"".join(b" " * depth + b"a:\n" for depth in range(2000)),
    "many values": b"a: [" + b"1," * 4_000_000 + b"]",
    "many documents": b"--- 1\n" * 100_000,
    "many anchors": b"a: [" + b",".join(b"&a%d x" % number for number in range(200_000)) + b"]",
    "keys of one hash": b"a: {" + b",".join(b"%d: 1" % (number * (2**61 - 1)) for number in range(80_000)) + b"}",
    "digits": b"a: " + b"9" * (MAX_BYTES - 10),
    "hexadecimal digits": b"a: 0x" + b"f" * (MAX_BYTES - 10),
    "sexagesimal digits": b"a: 1" + b":1" * (MAX_BYTES // 2 - 10),
    "digits of a fraction": b"a: 1." + b"9" * (MAX_BYTES - 10),
    "a long key": b"x" * (MAX_BYTES - 10) + b": 1",
    "a long line": b"a: '" + b"x " * (MAX_BYTES // 2 - 10) + b"'",
    "spaces": b" " * MAX_BYTES,
    "comments": b"#\n" * (MAX_BYTES // 2),
    "tags": b"%TAG !a! tag:a\n" * 10_000,
    "too long": b"#" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_errors_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "config").write_bytes(BOMBS[name])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(tmp_path / "config") is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 << 10, "KiB"


@pytest.mark.parametrize(
    "name", ["folder", "/dev/zero", "loop", "missing", "nul\0", "x" * 5000, "socket", "../" * 2000]
)
def test_names_that_lead_to_no_file_are_errors(write_kubeconfig: WriteKubeconfig, tmp_path: Path, name: str) -> None:
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
            assert outcome(write_kubeconfig({"certificate-authority": name})) is None or name == "socket"


def test_the_empty_device_is_an_empty_kubeconfig() -> None:
    with pytest.raises(ConfigurationError, match="current-context: is not set"):
        from_kubeconfig(Path("/dev/null"))


@pytest.mark.covers("kubeconfig-pipes")
@pytest.mark.anyio
@pytest.mark.parametrize("by_context", [False, True])
async def test_a_kubeconfig_may_come_from_a_pipe(write_kubeconfig: WriteKubeconfig, by_context: bool) -> None:
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
            (await Kubeconfig.read(path)).configuration() if by_context else configure_from_kubeconfig(path)
        )
    finally:
        writer.join()
        os.close(read_end)
    assert configuration.token == "t" * 100_000


@pytest.mark.covers("kubeconfig-pipes")
def test_a_pipe_that_nobody_writes_to_is_an_error_after_a_while(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match=r"nobody has written it to its end within 0\.05 seconds"):
        read_bytes(tmp_path / "pipe", patience=0.05)
    with (tmp_path / "pipe").open("r+b", buffering=0) as writer:
        writer.write(b"begun")
        with pytest.raises(ConfigurationError, match="nobody has written it to its end"):
            read_bytes(tmp_path / "pipe", patience=0.05)


def test_a_pipe_that_is_named_for_credentials_is_left_to_its_one_reader(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    configuration = from_kubeconfig(write_kubeconfig({}, {"tokenFile": "pipe"}))
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=("token",))
    writer.start()
    assert read_text(configuration.token_file or "", field="token_file") == "token"
    writer.join()


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
def test_credentials_from_a_device_without_end_are_an_error(device: str) -> None:
    with pytest.raises(ConfigurationError, match="token_file: has more than 4 MiB, so it is something else"):
        read_text(device, field="token_file")
