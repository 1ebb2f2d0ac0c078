"""Replace the values that differ between two servers, such as UIDs and times, in their responses."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")
ADDRESS = re.compile(r"\b10\.0\.\d+\.\d+(/\d+)?\b")
AGE = re.compile(r"^\d+(ms|s|m|h)$")
NODE_PORT = re.compile(r":3[0-2]\d{3}/")
CREDENTIAL = re.compile(r"X509SHA256=[0-9a-f]+")
LISTENER = re.compile(r"\b127\.0\.0\.1:\d+\b")
VALUE = re.compile(r"value: ")
GENERATED = re.compile(r"\b(gen-|Bad_|x{58})[a-z0-9]{5}\b")
COUNTER = re.compile(r"(current: |too old resource version: )\d+( \(\d+\))?")
VOLATILE_NAMES = {"continue": "<continue>", "token": "<token>"}
# These parts of responses are documented differences, see `accepted.py`.
PROTOBUF = re.compile(r", application/vnd\.kubernetes\.protobuf(;stream=watch)?")
CHANGED_FIELDS = re.compile(r"(was previously negative\)|may be updated[^\n]*|for bound claims)\n.*", re.DOTALL)


class Normalizer:
    """The volatile values of one server in one sequence. The n-th UID of each server becomes the same text."""

    def __init__(self) -> None:
        self._uids: dict[str, str] = {}
        self._revisions: dict[str, str] = {}
        self._generated: dict[str, str] = {}

    def normalize(self, document: Any) -> Any:
        """Return a document without volatile values."""
        for metadata in _metadata_of(document):
            self._note(metadata)
        if isinstance(document, dict) and {"items", "rows"} & set(document):
            # The version of a list also counts the writes of other sequences.
            document = {**document, "metadata": {**(document.get("metadata") or {}), "resourceVersion": "<version>"}}
        if isinstance(document, dict) and document.get("type") == "BOOKMARK":
            metadata = {**document["object"].get("metadata", {}), "resourceVersion": "<version>"}
            document = {**document, "object": {**document["object"], "metadata": metadata}}
            # The row of a table contains the version, too.
            document["object"].pop("rows", None)
        return self._value(document, "")

    def text(self, text: str) -> str:
        """Return a text, such as a message, without volatile values."""
        text = UID.sub(lambda match: self._uid(match[0]), text)
        text = TIME.sub(_time, text)
        text = ADDRESS.sub("<address>", text)
        text = NODE_PORT.sub(":<node port>/", text)
        text = text.replace("https://kubernetes.default.svc.cluster.local", "https://kubernetes.default.svc")
        text = LISTENER.sub("<listener>", text)
        text = GENERATED.sub(r"\1<random>", _without_objects(text))
        text = CREDENTIAL.sub("X509SHA256=<hash>", text)
        text = CHANGED_FIELDS.sub(r"\1", PROTOBUF.sub("", text))
        text = COUNTER.sub(r"\1<number>", text)
        for name, replacement in self._generated.items():
            text = text.replace(name, replacement)
        for revision, replacement in self._revisions.items():
            text = re.sub(rf"(?<![\w.:-]){revision}(?![\w.:-])", replacement, text)
        return "<age>" if AGE.match(text) else text

    def _note(self, metadata: dict[str, Any]) -> None:
        name, base = metadata.get("name"), metadata.get("generateName")
        if (
            isinstance(name, str)
            and isinstance(base, str)
            and name != base
            and name.startswith(base[:58])
            and len(name) == len(base[:58]) + 5
        ):
            self._generated[name] = f"{base[:58]}<random>"
        revision = metadata.get("resourceVersion")
        if isinstance(revision, str) and revision.isdigit() and len(revision) > 1 and "uid" in metadata:
            self._revisions.setdefault(revision, f"<version {len(self._revisions) + 1}>")

    def _uid(self, uid: str) -> str:
        return self._uids.setdefault(uid, f"<uid {len(self._uids) + 1}>")

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {self.text(name): self._value(value[name], name) for name in sorted(value)}
        if key == "columnDefinitions" and isinstance(value, list):
            value = [{**column, "description": "<description>"} for column in value]
        if isinstance(value, list):
            items = [self._value(item, "") for item in value]
            # The servers sort entries by time, too, which is not compared.
            return sorted(items, key=_entry_key) if key == "managedFields" else items
        if key in VOLATILE_NAMES and value:
            return VOLATILE_NAMES[key]
        if key == "resourceVersion" and isinstance(value, str):
            return self._revisions.get(value, "<version>" if value.isdigit() and value != "0" else value)
        if key in ("nodePort", "healthCheckNodePort") and isinstance(value, int) and 30000 <= value < 32768:
            return "<node port>"
        return self.text(value) if isinstance(value, str) else value


def _metadata_of(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        if isinstance(document.get("metadata"), dict):
            yield document["metadata"]
        for key in ("items", "rows"):
            for item in document.get(key) or () if isinstance(document.get(key), list) else ():
                yield from _metadata_of(item)
        if isinstance(document.get("object"), dict):
            yield from _metadata_of(document["object"])


def _without_objects(message: str) -> str:
    """Replace objects in a message. kube-apiserver formats them as Go values, with other names and another order."""
    parts: list[str] = []
    for part in VALUE.split(message):
        value, rest = _leading_value(part)
        parts.append(f"<object>{rest}" if isinstance(value, (dict, list)) or value is None else part)
    return message if len(parts) == 1 else "value: ".join((message.partition("value: ")[0], *parts[1:]))


def _leading_value(text: str) -> tuple[Any, str]:
    """Return the value at the start of a message part: an object, or JSON in a string, and the text after it."""
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return "", text
    if isinstance(value, str) and value.startswith(("{", "map[")):
        value = {}
    return value, text[end:]


def _time(match: re.Match[str]) -> str:
    """Replace recent times. The other times come from the bodies of requests."""
    moment = datetime.fromisoformat(match[1]).replace(tzinfo=timezone.utc)
    if abs(moment - datetime.now(timezone.utc)) > timedelta(days=2):
        return match[0]
    return "<time with fraction>" if match[2] else "<time>"


def _entry_key(entry: Any) -> str:
    return json.dumps(
        [entry.get(key, "") for key in ("manager", "operation", "subresource", "apiVersion")]
        if isinstance(entry, dict)
        else entry
    )
