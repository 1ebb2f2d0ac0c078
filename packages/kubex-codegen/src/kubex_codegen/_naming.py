"""Names of fields, classes, modules and packages."""

import keyword
import re
from collections.abc import Iterable

from pydantic import BaseModel

from kubex.models.fields import wire_name

# A plural of capitals (IPs), capitals with a number (V1, PKCS10), a capitalised word, a word.
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+[0-9]*(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
_VERSION = re.compile(r"v[0-9]+((alpha|beta)[0-9]+)?")

# What a model has already, and what its annotations need: a field of that name would hide it.
_TAKEN = frozenset(("bool", "dict", "float", "int", "list", "str", "to_dict", "to_json", *dir(BaseModel)))


def snake(name: str) -> str:
    """Return a name in snake_case: `clusterIPs` is `cluster_ips`."""
    return "_".join(_WORD.findall(name)).lower()


def camel(name: str) -> str:
    """Return a name as that of a class: `example.com` is `ExampleCom`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def class_name(name: str) -> str:
    """Return the name of a schema as that of a class, which Python has no other meaning for."""
    plain = camel(name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def identifier(name: str) -> str:
    """Return a name that can be a module's: keywords get an underscore, and so does a leading digit."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).lower()
    return f"_{plain}" if plain[:1].isdigit() else f"{plain}_" if keyword.iskeyword(plain) else plain


def field_names(wire: Iterable[str]) -> dict[str, str]:
    """Name the fields of one class: wire name to Python name, each of them once."""
    names: dict[str, str] = {}
    # Where names become the same, the one that needs no alias has it.
    for name in sorted(wire, key=lambda name: (wire_name(snake(name)) != name, name)):
        plain = snake(name) or "field"
        if plain[0].isdigit():
            plain = f"field_{plain}"
        if keyword.iskeyword(plain) or plain in _TAKEN or plain.startswith(("model_validate", "model_dump")):
            plain += "_"
        base, number = plain, 2
        while plain in names.values():
            plain = f"{base.rstrip('_')}_{number}"
            number += 1
        names[name] = plain
    return names


def package_of(schema: str, kinds: Iterable[tuple[str, str, str]]) -> tuple[str, str]:
    """Return the package of a schema as group and version.

    Built-in schemas are called `io.k8s.api.apps.v1.Deployment`, those of custom resources by their reversed group.
    """
    *path, _ = schema.split(".")
    for group, version, kind in kinds:
        if schema == ".".join([*reversed(group.split(".")), version, kind]):
            return identifier(group), identifier(version)
    if len(path) >= 2 and _VERSION.fullmatch(path[-1]):
        return identifier(path[-2]), identifier(path[-1])
    return identifier(path[-1] if path else "other"), "v1"
