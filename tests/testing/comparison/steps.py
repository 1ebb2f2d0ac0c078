"""The requests of a sequence. Strings can refer to earlier responses, because each server has its own values."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

from support.go_objects import encode_protobuf

JSON = "application/json"
REFERENCE = re.compile(r"\$\{(\d+):([^}]*)\}")


@dataclass(frozen=True)
class Edit:
    """One change of a document: the value of the field at `path`, or its removal."""

    path: str
    value: Any = None
    remove: bool = False


@dataclass(frozen=True)
class Body:
    """The body of a request: a text, a document, or the object of an earlier response with edits."""

    document: Any = None
    text: str | None = None
    base: int | None = None
    """The number of the step whose response is the document."""
    edits: tuple[Edit, ...] = ()
    yaml: bool = False
    protobuf: bool = False


@dataclass(frozen=True)
class Step:
    """One request. `${N:PATH}` in its path and body is a value of the response of step N."""

    number: int
    verb: str
    """The verb and resource, to group differences, such as `patch-merge deployments/scale`."""
    method: str
    path: str
    body: Body | None = None
    content_type: str | None = JSON
    accept: str | None = JSON
    user_agent: str = "comparison/1.0"
    is_watch: bool = False
    live: bool = False
    """Whether the watch is open while the later steps run."""

    def references(self) -> frozenset[int]:
        """Return the numbers of the steps that this step refers to."""
        text = self.path + json.dumps(asdict(self.body) if self.body else None)
        found = {int(number) for number, _ in REFERENCE.findall(text)}
        return frozenset(found | ({self.body.base} if self.body and self.body.base is not None else set()))

    def describe(self) -> str:
        """Return the request as text for a report."""
        lines = [f"{self.number}: {self.method} {self.path}  Accept: {self.accept}"]
        if self.body is not None:
            content = {key: value for key, value in asdict(self.body).items() if value not in (None, (), False)}
            lines.append(f"   {self.content_type}: {json.dumps(content)}")
        return "\n".join(lines)


@dataclass
class Answers:
    """The decoded responses of one server, by the number of the step."""

    documents: dict[int, Any] = field(default_factory=dict)

    def resolve(self, text: str) -> str:
        """Replace the references in a text. A missing value is an empty string."""
        return REFERENCE.sub(lambda match: str(_value_at(self.documents.get(int(match[1])), match[2])), text)

    def encode(self, body: Body) -> bytes:
        """Return the bytes of a body."""
        if body.text is not None:
            return self.resolve(body.text).encode()
        document = body.document if body.base is None else self.documents.get(body.base) or body.document
        document = json.loads(self._resolve_json(json.dumps(document)))
        for edit in body.edits:
            value = json.loads(self._resolve_json(json.dumps(edit.value)))
            document = apply_edit(document, Edit(edit.path, value, edit.remove))
        if body.protobuf:
            return encode_protobuf(document)
        if body.yaml:
            return yaml.safe_dump(document, sort_keys=False).encode()
        return json.dumps(document, separators=(",", ":")).encode()

    def _resolve_json(self, text: str) -> str:
        return self.resolve(text)


def apply_edit(document: Any, edit: Edit) -> Any:
    """Return a copy of a document with an edit. An edit that does not fit is ignored."""
    result = json.loads(json.dumps(document))
    *parents, last = split_path(edit.path)
    target = result
    for key in parents:
        if isinstance(target, dict):
            target = target.setdefault(key, {})
        elif isinstance(target, list) and key.isdigit() and int(key) < len(target):
            target = target[int(key)]
        else:
            return result
    if isinstance(target, dict):
        if edit.remove:
            target.pop(last, None)
        else:
            target[last] = edit.value
    elif isinstance(target, list) and last.isdigit() and int(last) < len(target):
        target[int(last)] = edit.value
    return result


def split_path(path: str) -> list[str]:
    """Split a path at its dots. A dot in a key is written as `~`."""
    return [part.replace("~", ".") for part in path.split(".")]


def _value_at(document: Any, path: str) -> Any:
    for key in split_path(path):
        if isinstance(document, Mapping):
            document = document.get(key, "")
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return ""
    return document
