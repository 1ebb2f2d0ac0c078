"""From a document to the files of a package."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex_codegen._document import Document
from kubex_codegen._emit import Emitter, Role
from kubex_codegen._errors import CodegenError, no_such_groups
from kubex_codegen._families import modules
from kubex_codegen._format import format_modules
from kubex_codegen._naming import package_of
from kubex_codegen._packages import package_modules
from kubex_codegen._resources import Resource, bodies, find_resources, kinds_of
from kubex_codegen._sizes import large
from kubex_codegen._structs import Struct, Structs


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to generate.

    `groups` are API groups (`core` is the one without a name); none means all. With `descriptions` the document's
    text becomes docstrings. `reference` is a Kubernetes minor version such as `1.37`: the classes of Kubernetes' own
    schemas then link to their section of the API reference of that version.
    """

    groups: frozenset[str] = frozenset()
    descriptions: bool = True
    reference: str | None = None


def generate(document: Document, options: Options | None = None) -> dict[str, str]:
    """Return the files of a typed package: path below the package to text.

    Raises CodegenError if a group that is named, or all the document, has no kinds. The same document gives
    the same files, byte for byte.
    """
    options = options or Options()
    resources = _wanted(find_resources(document), options.groups)
    roles = _roles(document, resources)
    structs = Structs(document).reachable(iter(sorted(roles)))
    packages = _packages(document, structs)
    structs = _unique(structs, packages)
    made = modules(structs, roles, packages)
    for schema in large(structs):
        roles[schema] = dataclasses.replace(roles.get(schema, Role()), large=True)
    emitter = Emitter(made, roles, descriptions=options.descriptions, reference=options.reference)
    files = package_modules(made)
    for module in made:
        files["/".join((*module.package, f"{module.name}.py"))] = emitter.module(module)
    return format_modules(files)


def _wanted(resources: list[Resource], groups: frozenset[str]) -> list[Resource]:
    served = {resource.group or "core" for resource in resources}
    if missing := groups - served:
        raise CodegenError(no_such_groups("the document", missing, served))
    if not resources:
        raise CodegenError("the document has no kinds: it must have the paths that serve them")
    return [resource for resource in resources if not groups or (resource.group or "core") in groups]


def _roles(document: Document, resources: Iterable[Resource]) -> dict[str, Role]:
    found = list(resources)
    roles = {resource.schema: Role(resource=resource) for resource in found}
    for schema, api_version, kind in bodies(document, found):
        roles[schema] = Role(body=(api_version, kind))
    return roles


def _packages(document: Document, structs: Iterable[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name in structs:
        schema = name.partition("/")[0]
        found[name] = package_of(schema, kinds_of(document.schemas[schema]))
    return found


def _unique(structs: Mapping[str, Struct], packages: Mapping[str, tuple[str, str]]) -> dict[str, Struct]:
    """Give classes of one package different names: what is nested yields to schemas with a name of their own."""
    taken: set[tuple[tuple[str, str], str]] = set()
    renamed: dict[str, Struct] = {}
    for schema in sorted(structs, key=lambda schema: ("/" in schema, schema)):
        name = base = structs[schema].name
        number = 2
        while (packages[schema], name) in taken:
            name, number = f"{base}{number}", number + 1
        taken.add((packages[schema], name))
        renamed[schema] = dataclasses.replace(structs[schema], name=name)
    return renamed
