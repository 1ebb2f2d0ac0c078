"""The YAML of a kubeconfig file. Nothing else needs PyYAML, so a client in a pod never imports it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kubex.configuration._entry import as_mapping, kind
from kubex.core.exceptions import ConfigurationError

MAX_DEPTH = 100

# As kubectl reads it, a date is text (a context may be named after one).
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in _LOADER.yaml_implicit_resolvers.items()
}
KubeconfigLoader: Any = type("KubeconfigLoader", (_LOADER,), {"yaml_implicit_resolvers": _RESOLVERS})


def parse(file: Path) -> Mapping[object, object]:
    """Read a file that holds one mapping; raises ConfigurationError, which quotes nothing of it."""
    try:
        content = file.read_bytes()
        _refuse_deep_nesting(content)
        document: object = yaml.load(content, Loader=KubeconfigLoader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", source=str(file)) from error
    except yaml.MarkedYAMLError as error:  # its text may quote a token
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ConfigurationError(f"is not YAML{where}", source=str(file)) from None
    except (yaml.YAMLError, ArithmeticError, ValueError, LookupError, AttributeError, RecursionError):
        raise ConfigurationError("is not YAML that a kubeconfig can be made of", source=str(file)) from None
    values = as_mapping({} if document is None else document)
    if values is None:
        raise ConfigurationError(f"must hold a mapping, not {kind(document)}", source=str(file))
    return values


def _refuse_deep_nesting(content: bytes) -> None:
    """Look at the events first: libyaml's composer recurses on the C stack, and deep nesting would end the process."""
    depth = 0
    for event in yaml.parse(content, Loader=KubeconfigLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RecursionError
