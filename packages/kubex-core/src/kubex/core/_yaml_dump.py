"""Write YAML that every parser reads in the same way."""

from collections.abc import Iterable
from typing import Any

import yaml

# The Python dumper takes seconds for a large file, while other programs wait for the lock.
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_STR = "tag:yaml.org,2002:str"


class _Dumper(_DUMPER):  # type: ignore[misc]  # the base is one of two classes
    """Quotes every string that another YAML parser could read as something else."""


class _BlockDumper(_Dumper):
    """Writes text of several lines as a block."""


def _represent_str(dumper: Any, text: str) -> yaml.ScalarNode:
    # YAML 1.1 parsers read y and n as booleans, and some read 1e3 as a number. Some control characters end a line.
    plain = text[:1].isalpha() and text.lower() not in ("y", "n") and _is_printable(text)
    node: yaml.ScalarNode = dumper.represent_scalar(_STR, text, style=None if plain else '"')
    return node


def _represent_text(dumper: Any, text: str) -> yaml.ScalarNode:
    if "\n" not in text or not _is_printable(text):
        return _represent_str(dumper, text)
    node: yaml.ScalarNode = dumper.represent_scalar(_STR, text, style="|")
    return node


def _is_printable(text: str) -> bool:
    return text.replace("\n", "").replace("\t", "").isprintable()


_Dumper.add_representer(str, _represent_str)
_BlockDumper.add_representer(str, _represent_text)


def dump_yaml(documents: Iterable[object], *, blocks: bool = False) -> str:
    """Return JSON values as YAML documents; raises `yaml.YAMLError`, UnicodeError or RecursionError.

    The order of keys is kept. Strings that a parser could read as something else have quotes. With `blocks`, text of
    several lines is a block.
    """
    dumper = _BlockDumper if blocks else _Dumper
    text: str = yaml.dump_all(documents, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 30)
    return text
