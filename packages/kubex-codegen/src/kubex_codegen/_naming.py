"""Names of fields, classes, modules and packages."""

import keyword
import re
from collections.abc import Iterable

from kubex.models import LazyModel
from kubex.models.fields import json_alias

# A plural acronym (IPs), an acronym with a number (V1, PKCS10), a capitalised word, or a word.
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+[0-9]*(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
_VERSION = re.compile(r"v[0-9]+((alpha|beta)[0-9]+)?")

# Attributes of models and of their metaclass, and names in annotations. A field with one of these names would hide it,
# and Pydantic would use an attribute of the metaclass, such as `mro` or `register`, as the default of the field.
_RESERVED = frozenset(("bool", "dict", "float", "int", "list", "str", *dir(LazyModel), *dir(type(LazyModel))))

# Pydantic emits a warning for every field with one of these prefixes.
_PROTECTED = ("model_validate", "model_dump")


def snake_case(name: str) -> str:
    """Return a name in snake_case: `clusterIPs` is `cluster_ips`."""
    return "_".join(_WORD.findall(name)).lower()


def camel_case(name: str) -> str:
    """Return a name in CamelCase: `example.com` is `ExampleCom`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def class_name(name: str) -> str:
    """Return the class name of a schema. Keywords get an underscore."""
    plain = camel_case(name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def identifier(name: str) -> str:
    """Return a valid module name. Keywords and leading digits get an underscore."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).lower()
    return f"_{plain}" if plain[:1].isdigit() else f"{plain}_" if keyword.iskeyword(plain) else plain


def field_names(wire: Iterable[str]) -> dict[str, str]:
    """Return a mapping of JSON names to unique Python names for the fields of one class."""
    names: dict[str, str] = {}
    # If two names become equal, the field that does not need an alias keeps the name.
    for name in sorted(wire, key=lambda name: (json_alias(snake_case(name)) != name, name)):
        plain = snake_case(name) or "field"
        if plain[0].isdigit() or plain.startswith(_PROTECTED):
            plain = f"field_{plain}"
        if keyword.iskeyword(plain) or plain in _RESERVED:
            plain += "_"
        base, number = plain, 2
        while plain in names.values():
            plain = f"{base.rstrip('_')}_{number}"
            number += 1
        names[name] = plain
    return names


def package_of(schema: str, kinds: Iterable[tuple[str, str, str]]) -> tuple[str, str]:
    """Return the package of a schema as group and version.

    The names of built-in schemas look like `io.k8s.api.apps.v1.Deployment`. The names of schemas of custom resources
    start with the reversed group.
    """
    *path, _ = schema.split(".")
    for group, version, kind in kinds:
        if schema == ".".join([*reversed(group.split(".")), version, kind]):
            return identifier(group), identifier(version)
    if len(path) >= 2 and _VERSION.fullmatch(path[-1]):
        return identifier(path[-2]), identifier(path[-1])
    return identifier(path[-1] if path else "other"), "v1"
