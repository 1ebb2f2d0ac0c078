"""Read the values of a text in YAML or JSON, with their places."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from kubex.core.yaml import YAMLContentError, YAMLDocument, YAMLLimits, read_yaml_documents
from kubex.errors import ManifestError
from kubex.manifests._files import MAX_BYTES
from kubex.manifests._json import JsonProblem, read_json
from kubex.manifests._values import MAX_DEPTH, MAX_NODES, ValueProblem, copy_value

_LIMITS = YAMLLimits(depth=MAX_DEPTH, nodes=MAX_NODES, expanded=2 * MAX_BYTES)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM_OF_DOCUMENT = re.compile(r"\A\ufeff|(?<=^---\n)\ufeff|(?<=^---\r\n)\ufeff", re.MULTILINE)
# The texts of libyaml do not quote the content, unlike those of PyYAML's parser in Python.
_HAS_LIBYAML = hasattr(yaml, "CSafeLoader")


@dataclass(frozen=True)
class Place:
    """The place of a document in its source."""

    source: str | None
    number: int
    line: int

    def error(self, problem: str, line: int | None = None) -> ManifestError:
        """Return an error that names the place, or another line of the document."""
        return ManifestError(problem, source=self.source, document=self.number, line=line or self.line)


def read_text(content: str | bytes, source: str | None) -> Iterator[tuple[object, Place]]:
    """Yield the value and the place of each document; raises ManifestError.

    Like kubectl, read JSON values as long as there are any, and then YAML. So each invalid JSON is read as YAML, which
    allows more, or names the line of the error.
    """
    text = _decode(content, source)
    number, line, position = 0, 1, 0
    try:
        for value, start, end in read_json(text):
            number, line = number + 1, line + text.count("\n", position, start)
            yield value, Place(source, number, line)
            line, position = line + text.count("\n", start, end), end
    except JsonProblem as problem:
        line += text.count("\n", position, problem.start)
        raise Place(source, number + 1, line).error(str(problem)) from None
    yield from _read_yaml(text[position:], Place(source, number, line))


def _decode(content: str | bytes, source: str | None) -> str:
    if len(content) > MAX_BYTES:
        raise ManifestError(f"is larger than {MAX_BYTES >> 20} MiB; split it", source=source)
    text = _decode_bytes(content, source) if isinstance(content, bytes) else _check_unicode(content, source)
    # Files that were joined have a byte order mark in the middle.
    return _BOM_OF_DOCUMENT.sub("", text) if "\ufeff" in text else text


def _decode_bytes(content: bytes, source: str | None) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        # The error is not chained, because it contains the content, which can be a secret.
        raise ManifestError("is not text in UTF-8; convert it", source=source, line=line) from None


def _check_unicode(text: str, source: str | None) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ManifestError("it contains one half of a surrogate pair", source=source, line=line) from None
    return text


def _read_yaml(text: str, before: Place) -> Iterator[tuple[object, Place]]:
    """Yield the YAML documents that begin at a place."""
    source, number, offset = before.source, before.number, before.line - 1
    documents = read_yaml_documents(text, _LIMITS)
    while True:
        number += 1
        try:
            document = next(documents, None)
        except (yaml.YAMLError, ValueError) as error:
            raise _yaml_error(error, text, Place(source, number, offset + 1), offset) from None
        if document is None:
            return
        place = Place(source, number, document.line + offset)
        yield _value(document, place, offset), place


def _value(document: YAMLDocument, place: Place, offset: int) -> object:
    if document.repeated_keys:
        key = document.repeated_keys[0]
        problem = f"the key {key.path} is repeated, first in line {key.first_line + offset}; remove one of them"
        raise place.error(problem, key.line + offset)
    if not document.is_finite:
        raise place.error("JSON does not have infinite numbers and NaN; add quotes if it is text")
    try:
        return copy_value(document.value) if document.has_aliases else document.value
    except ValueProblem as problem:
        raise place.error(str(problem)) from None


def _yaml_error(error: Exception, text: str, place: Place, offset: int) -> ManifestError:
    """Return the error for text that is not valid, without its content."""
    line = None
    problem = "is not valid YAML"
    if isinstance(error, YAMLContentError):
        line, problem = error.line, str(error)
    elif isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line = error.problem_mark.line + 1
        problem += f": {_explanation(error)}" if _HAS_LIBYAML else ""
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.encode("utf-8", "replace").count(b"\n", 0, error.position) + 1
        problem += f": {error.reason}" if _HAS_LIBYAML else ""
    remedy = "; render templates first" if "{{" in text else ""
    return place.error(problem + remedy, line and line + offset)


def _explanation(error: yaml.MarkedYAMLError) -> str:
    context = f" {error.context}" if error.context else ""
    mark = error.context_mark
    where = f" that begins in line {mark.line + 1}" if context and mark is not None else ""
    return f"{error.problem}{context}{where}"
