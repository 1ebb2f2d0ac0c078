"""The YAML of a kubeconfig file. Nothing else needs PyYAML, so a client in a pod never imports it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kubex.configuration._reader import as_mapping, kind
from kubex.core.yaml import YAMLContentError, YAMLLimits, read_yaml
from kubex.credentials._file_io import read_bytes
from kubex.errors import ConfigurationError

MAX_BYTES = 8 << 20
"""The maximum size of a kubeconfig."""

_LIMITS = YAMLLimits(depth=100, nodes=250_000, expanded=32 << 20)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # in Python, a big file takes seconds, under its lock


def parse(file: Path) -> Mapping[object, object]:
    """Read a file that holds one mapping; raises ConfigurationError, which quotes nothing of it."""
    content = read_bytes(file, limit=MAX_BYTES)
    try:
        document = read_yaml(content, _LIMITS).value
    except yaml.MarkedYAMLError as error:  # its text may quote a token
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ConfigurationError(f"is not YAML{where}", source=str(file)) from None
    except YAMLContentError as error:
        raise ConfigurationError(f"is not YAML that a kubeconfig can be made of: {error}", source=str(file)) from None
    except (yaml.YAMLError, ValueError):
        raise ConfigurationError("is not YAML", source=str(file)) from None
    values = as_mapping({} if document is None else document)
    if values is None:
        raise ConfigurationError(f"must hold a mapping, not {kind(document)}", source=str(file))
    return values


class _Dumper(_DUMPER):  # type: ignore[misc]  # one of two classes
    """Writes in quotes all text that some reader could take for something else."""


def _represent_text(dumper: Any, text: str) -> yaml.ScalarNode:
    plain = text[:1].isalpha() and text.lower() not in ("y", "n")  # 1e3 and y mean something else to other readers
    node: yaml.ScalarNode = dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')
    return node


_Dumper.add_representer(str, _represent_text)


def dump(document: Mapping[str, object]) -> bytes:
    """Write YAML that any reader understands alike; raises ValueError for what could not be read again."""
    try:
        text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 30)
        content = text.encode("utf-8")
        read_yaml(content, _LIMITS)
    except (yaml.YAMLError, YAMLContentError, UnicodeError, RecursionError) as error:
        raise ValueError("it would be no kubeconfig") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"it would have more than {MAX_BYTES >> 20} MiB")
    return content
