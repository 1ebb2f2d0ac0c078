"""Generate the files of a package from a document."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex_codegen._document import Document
from kubex_codegen._emitter import ClassOptions, Emitter
from kubex_codegen._errors import CodegenError, no_such_groups
from kubex_codegen._format import format_modules
from kubex_codegen._lazy_classes import lazy_schemas
from kubex_codegen._module_layout import layout_modules
from kubex_codegen._naming import package_of
from kubex_codegen._packages import INDEX, kinds_index, package_modules
from kubex_codegen._resources import Resource, body_schemas, find_resources, kinds_of_schema
from kubex_codegen._structs import Struct, StructBuilder


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of the generator.

    Attributes:
        groups: the API groups to generate; by default all groups. `core` is the group without a name.
        descriptions: whether to convert the descriptions in the document to docstrings.
        reference: a Kubernetes minor version such as `1.37`. Classes of built-in schemas then link to their section in
            the API reference of that version.
    """

    groups: frozenset[str] = frozenset()
    descriptions: bool = True
    reference: str | None = None


def generate(document: Document, options: Options | None = None) -> dict[str, str]:
    """Return the files of a package, as a mapping of paths below the package to text.

    The result is deterministic.

    Raises:
        CodegenError: the document does not serve a selected group, or any kind.
    """
    options = options or Options()
    resources = _select_groups(find_resources(document), options.groups)
    class_options = _class_options(document, resources)
    structs = StructBuilder(document).reachable(iter(sorted(class_options)))
    packages = _package_names(document, structs)
    structs = _with_unique_names(structs, packages)
    modules = layout_modules(structs, class_options, packages)
    for schema in lazy_schemas(structs):
        class_options[schema] = dataclasses.replace(class_options.get(schema, ClassOptions()), lazy=True)
    emitter = Emitter(modules, class_options, descriptions=options.descriptions, reference=options.reference)
    files = package_modules(modules)
    files[INDEX] = kinds_index(modules, {schema: each.resource for schema, each in class_options.items()})
    for module in modules:
        files["/".join((*module.package, f"{module.name}.py"))] = emitter.module(module)
    return format_modules(files)


def _select_groups(resources: list[Resource], groups: frozenset[str]) -> list[Resource]:
    served = {resource.group or "core" for resource in resources}
    if missing := groups - served:
        raise CodegenError(no_such_groups("the document", missing, served))
    if not resources:
        raise CodegenError("the document does not serve any kinds; it must contain the paths of the kinds")
    return [resource for resource in resources if not groups or (resource.group or "core") in groups]


def _class_options(document: Document, resources: Iterable[Resource]) -> dict[str, ClassOptions]:
    found = list(resources)
    class_options = {resource.schema: ClassOptions(resource=resource) for resource in found}
    for schema, api_version, kind in body_schemas(document, found):
        class_options[schema] = ClassOptions(body=(api_version, kind))
    return class_options


def _package_names(document: Document, structs: Iterable[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name in structs:
        schema = name.partition("/")[0]
        found[name] = package_of(schema, kinds_of_schema(document.schemas[schema]))
    return found


def _with_unique_names(structs: Mapping[str, Struct], packages: Mapping[str, tuple[str, str]]) -> dict[str, Struct]:
    """Make the names of the classes of each package unique."""
    # Named schemas come first, so that only nested classes get a number.
    used_names: set[tuple[tuple[str, str], str]] = set()
    renamed: dict[str, Struct] = {}
    for schema in sorted(structs, key=lambda schema: ("/" in schema, schema)):
        name = base = structs[schema].name
        number = 2
        while (packages[schema], name) in used_names:
            name, number = f"{base}{number}", number + 1
        used_names.add((packages[schema], name))
        renamed[schema] = dataclasses.replace(structs[schema], name=name)
    return renamed
