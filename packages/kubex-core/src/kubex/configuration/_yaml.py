"""Parse and write the YAML of kubeconfig files. Importing it imports PyYAML, so a client in a pod never does."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from kubex.configuration._reader import as_mapping, type_name
from kubex.core._yaml_dump import dump_yaml
from kubex.core.yaml import YAMLContentError, YAMLLimits, read_yaml
from kubex.credentials._file_io import read_bytes
from kubex.errors import ConfigurationError

MAX_BYTES = 8 << 20
"""The maximum size of a kubeconfig."""

# Limits against aliases and merge keys that expand a small file to gigabytes.
_LIMITS = YAMLLimits(depth=100, nodes=250_000, expanded=32 << 20)


def parse(file: Path) -> Mapping[object, object]:
    """Read a file that contains one mapping; raises `ConfigurationError`, which does not quote the content."""
    content = read_bytes(file, limit=MAX_BYTES)
    # PyYAML's errors quote the line, which may contain a token. So only their position is shown, without the cause.
    try:
        document = read_yaml(content, _LIMITS).value
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ConfigurationError(f"is not valid YAML{where}", source=str(file)) from None
    except YAMLContentError as error:
        raise ConfigurationError(f"contains YAML that a kubeconfig must not use: {error}", source=str(file)) from None
    except (yaml.YAMLError, ValueError):
        raise ConfigurationError("is not valid YAML", source=str(file)) from None
    values = as_mapping({} if document is None else document)
    if values is None:
        raise ConfigurationError(f"must contain a mapping, not {type_name(document)}", source=str(file))
    return values


def dump(document: Mapping[str, object]) -> bytes:
    """Write a document as YAML; raises `ValueError` if it could not be read again."""
    try:
        content = dump_yaml([document]).encode("utf-8")
        read_yaml(content, _LIMITS)
    except (yaml.YAMLError, YAMLContentError, UnicodeError, RecursionError) as error:
        raise ValueError("the result could not be read as a kubeconfig") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"the result is larger than {MAX_BYTES >> 20} MiB")
    return content
