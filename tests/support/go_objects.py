"""kubex-protobuf, a program that knows the Go types of Kubernetes, and the objects that it writes."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubex_testing._objects.json_types import JsonObject, is_array, is_object

OBJECTS_FILE = Path(__file__).parents[1] / "testing/objects/protobuf_objects.jsonl"


@dataclass(frozen=True)
class Sample:
    """An object in protobuf, and what Go reads from it: JSON, or an error."""

    protobuf: bytes
    json: JsonObject | None
    error: str = ""


def require_program() -> str:
    """Return the path of kubex-protobuf, or skip the test."""
    path = shutil.which("kubex-protobuf", path=os.environ.get("KUBEBUILDER_ASSETS", ""))
    if path is None:
        pytest.skip("no kubex-protobuf in KUBEBUILDER_ASSETS")
    return path


def run_program(*arguments: str, lines: Iterable[str] = ()) -> str:
    """Return what the program writes for the lines on stdin, or skip the test."""
    command = [require_program(), *arguments]
    stdin = "".join(f"{line}\n" for line in lines).encode()
    # Strings in Go can be invalid UTF-8.
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def read_samples(text: str) -> Iterator[Sample]:
    """Read the samples that the program has written."""
    for line in text.splitlines():
        sample: dict[str, Any] = json.loads(line)
        yield Sample(base64.b64decode(sample["protobuf"]), sample.get("json"), sample.get("error", ""))


def encode_protobuf(document: JsonObject) -> bytes:
    """Return an object as protobuf, or skip the test."""
    (sample,) = read_samples(run_program("encode", lines=[json.dumps(document)]))
    return sample.protobuf


def committed_samples() -> list[Sample]:
    """Return the samples in the repository."""
    return list(read_samples(OBJECTS_FILE.read_text(encoding="utf-8")))


def without_nulls(value: Any) -> Any:
    """Return a JSON value without the fields that are null, which Go writes for empty lists and unset times."""
    if is_object(value):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if is_array(value) else value


def without_zeros(value: Any) -> Any:
    """Return a JSON value without empty fields. Go writes a zero for fields that are not in a damaged body."""
    if is_object(value):
        fields = ((key, without_zeros(item)) for key, item in value.items())
        return {key: item for key, item in fields if item not in (None, "", 0, {}, [])}
    return [without_zeros(item) for item in value] if is_array(value) else None if value == "0" else value
