"""Decode YAML bodies as kube-apiserver does."""

from math import isfinite
from typing import Any

import yaml
from yaml.scanner import ScannerError

from kubex.core.yaml import YAMLContentError, YAMLLimits, read_yaml

from .go_numbers import json_integer
from .json_types import is_array, is_integer, is_object

_LIMITS = YAMLLimits(depth=250, nodes=1_000_000, expanded=4 << 20)


class DecodeError(ValueError):
    """An invalid JSON or YAML body. The message is the message of Go."""


def decode_yaml(body: bytes) -> tuple[Any, list[str]]:
    """Decode the first YAML document, and return its value and the paths of duplicate keys. Raises DecodeError."""
    try:
        document = read_yaml(body.decode("utf-8", "replace"), _LIMITS, several_documents=True)
    except yaml.MarkedYAMLError as error:
        # The line numbers of Go start at one in scanner errors, and at zero in parser errors.
        line = error.problem_mark.line + isinstance(error, ScannerError) if error.problem_mark else 0
        raise _decode_error(f"line {line}: {error.problem}" if line else str(error.problem)) from None
    except (yaml.YAMLError, YAMLContentError) as error:
        raise _decode_error(" ".join(str(error).split())) from None
    return _convert_to_json(document.value), [key.path for key in document.repeated_keys]


def _decode_error(text: str) -> DecodeError:
    return DecodeError(f"yaml: {text}")


def _convert_to_json(value: Any) -> Any:
    """Return a copy of a value with JSON numbers."""
    # YAML aliases share one value, so copy it.
    if is_object(value):
        return {key: _convert_to_json(item) for key, item in value.items()}
    if is_array(value):
        return [_convert_to_json(item) for item in value]
    if is_integer(value):
        try:
            return json_integer(str(value))
        except ValueError as error:
            raise _decode_error(str(error)) from None
    if isinstance(value, float):
        if not isfinite(value):
            raise _decode_error(f"unsupported value: {value}")
        return int(value) if value.is_integer() else value
    return value
