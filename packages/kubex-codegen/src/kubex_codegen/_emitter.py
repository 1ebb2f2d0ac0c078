"""Generate the code of the private modules: classes with their fields and docstrings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex.models import ALL_VERBS
from kubex.models.fields import json_alias
from kubex_codegen._field_types import FIELDS, MARKERS, MODELS, STRUCT, Symbol, format_type, model, struct, symbols
from kubex_codegen._format import INDENT, docstring
from kubex_codegen._module_layout import Module
from kubex_codegen._naming import camel_case
from kubex_codegen._resources import Resource
from kubex_codegen._structs import Field, Struct

_REFERENCE = "https://kubernetes.io/docs/reference/generated/kubernetes-api"
# Prefixes of the schemas in the API reference. Custom resources may also have a group below k8s.io.
_REFERENCED_PREFIXES = (
    "io.k8s.api.",
    "io.k8s.apiextensions-apiserver.pkg.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.kube-aggregator.pkg.",
)
_INHERITED_FIELDS = frozenset(("apiVersion", "kind", "metadata"))


@dataclass(frozen=True, kw_only=True)
class ClassOptions:
    """The options of a generated class.

    `resource` is set for kinds with a path, and `body` (apiVersion and kind) for bodies of subresources. A `lazy` class
    is decoded field by field.
    """

    resource: Resource | None = None
    body: tuple[str, str] | None = None
    lazy: bool = False


class Emitter:
    """Generate modules. It knows the module of each class."""

    def __init__(
        self,
        modules: Iterable[Module],
        class_options: Mapping[str, ClassOptions],
        *,
        descriptions: bool,
        reference: str | None,
    ) -> None:
        self.locations = {struct.schema: (module, struct.name) for module in modules for struct in module.structs}
        self.class_options = class_options
        self.descriptions = descriptions
        self.reference = reference
        # Anchors have the name of the API group: `rbac-authorization-k8s-io` for the package `rbac`.
        self.groups = {
            self.locations[schema][0].package[0]: options.resource.group or "core"
            for schema, options in class_options.items()
            if options.resource
        }

    def module(self, module: Module) -> list[str]:
        """Return the lines of a module, with one line for each statement."""
        names = _ModuleNames(module, self.locations)
        classes = [line for struct in module.structs for line in self._class(struct, names)]
        return [*names.imports(), *classes]

    def _class(self, definition: Struct, names: "_ModuleNames") -> list[str]:
        options = self.class_options.get(definition.schema, ClassOptions())
        fields = [
            field for field in definition.fields if options.resource is None or field.wire not in _INHERITED_FIELDS
        ]
        bases = [names.of(base) for base in _bases(options)]
        aliases = [f"{field.name}={field.wire!r}" for field in fields if json_alias(field.name) != field.wire]
        if aliases:
            bases.append(f"alias_generator={names.of(Symbol(FIELDS, 'json_aliases'))}({', '.join(aliases)})")
        body = self._documentation(definition)
        if options.resource:
            body += ["", INDENT + _api_resource(options.resource, names), ""]
        for field in fields:
            body += self._field(field, options, names)
        # Mark the class after its fields, because a class can refer to itself only by a string.
        names.mark_defined(definition.schema)
        return [f"class {definition.name}({', '.join(bases)}):", *(body or [f"{INDENT}pass"])]

    def _field(self, field: Field, options: ClassOptions, names: "_ModuleNames") -> list[str]:
        default = "" if field.required else " = None"
        if options.body and field.wire in ("apiVersion", "kind"):
            default = f" = {options.body[field.wire == 'kind']!r}"
        text = docstring(field.description, INDENT) if self.descriptions else []
        return [f"{INDENT}{field.name}: {names.annotation(field)}{default}", *text]

    def _documentation(self, definition: Struct) -> list[str]:
        parts = [definition.description] if self.descriptions else []
        if self.reference and definition.schema.startswith(_REFERENCED_PREFIXES) and "/" not in definition.schema:
            parts.append(f"See {_REFERENCE}/v{self.reference}/#{self._anchor(definition.schema)}.")
        return docstring("\n\n".join(parts), INDENT)

    def _anchor(self, schema: str) -> str:
        """Return the anchor of a schema in the API reference: `podspec-v1-core`."""
        group, version = self.locations[schema][0].package
        name = schema.rpartition(".")[2]
        return f"{name}-{version}-{self.groups.get(group, group)}".replace(".", "-").lower()


class _ModuleNames:
    """The names in one module. Imports that conflict with a class of the module get another name."""

    def __init__(self, module: Module, locations: Mapping[str, tuple[Module, str]]) -> None:
        self._module = module
        self._locations = locations
        self._names = {struct(definition.schema): definition.name for definition in module.structs}
        self._defined = set[str]()

    def of(self, symbol: Symbol) -> str:
        if not symbol.module:
            return symbol.name
        if symbol not in self._names:
            name = self._locations[symbol.name][1] if symbol.module == STRUCT else symbol.name
            if name in self._names.values():
                name = f"{self._prefix(symbol)}{name}"
            self._names[symbol] = name
        return self._names[symbol]

    def mark_defined(self, schema: str) -> None:
        """Record that a class is defined before the following code."""
        self._defined.add(schema)

    def annotation(self, field: Field) -> str:
        """Format the type of a field, as a string if it refers to a class that is defined later."""
        text = format_type(field.type, self.of)
        here = {part.name for part in symbols(field.type) if part.module == STRUCT and self._is_here(part)}
        return text if here <= self._defined else f'"{text}"'

    def imports(self) -> list[str]:
        """Return one import for each used name. ruff joins and sorts them."""
        lines: list[str] = []
        for symbol, local in self._names.items():
            if symbol.module != STRUCT or not self._is_here(symbol):
                source, name = self._source(symbol)
                lines.append(f"from {source} import {name if name == local else f'{name} as {local}'}")
        return lines

    def _is_here(self, symbol: Symbol) -> bool:
        return self._locations[symbol.name][0] is self._module

    def _source(self, symbol: Symbol) -> tuple[str, str]:
        if symbol.module != STRUCT:
            return symbol.module, symbol.name
        module, name = self._locations[symbol.name]
        if module.package == self._module.package:
            return f".{module.name}", name
        group, version = module.package
        relative = f"..{version}" if group == self._module.package[0] else f"...{group}.{version}"
        return f"{relative}.{module.name}", name

    def _prefix(self, symbol: Symbol) -> str:
        if symbol.module != STRUCT:
            return "Kubex" if symbol.module == MODELS else camel_case(symbol.module)
        return "".join(camel_case(part.replace("_", ".")) for part in self._locations[symbol.name][0].package)


def _bases(options: ClassOptions) -> list[Symbol]:
    if options.resource is None:
        return [model("LazyModel" if options.lazy else "Model")]
    scope = "Namespaced" if options.resource.namespaced else "Cluster"
    if not options.resource.stored:
        return [model(f"{scope}CreateOnly")]
    return [model(f"{scope}Resource"), *(Symbol(MARKERS, marker) for marker in options.resource.markers)]


def _api_resource(resource: Resource, names: _ModuleNames) -> str:
    words = {"group": resource.group, "version": resource.version, "kind": resource.kind, "plural": resource.plural}
    words["list_kind"] = resource.list_kind
    items = [f"{name}={word!r}" for name, word in words.items() if word]
    if resource.subresources:
        items.append(f"subresources={_frozenset(resource.subresources)}")
    if resource.stored and ALL_VERBS - resource.verbs:
        items.append(f"verbs={_frozenset(resource.verbs)}")
    return f"__resource__ = {names.of(model('ApiResource'))}({', '.join(items)})"


def _frozenset(values: Iterable[str]) -> str:
    return f"frozenset({{{', '.join(map(repr, sorted(values)))}}})"
