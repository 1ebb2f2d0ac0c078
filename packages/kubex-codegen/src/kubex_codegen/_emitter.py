"""Private modules: classes with their fields, facts and documentation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex.models import ALL_VERBS
from kubex.models.fields import wire_name
from kubex_codegen._families import Module
from kubex_codegen._format import INDENT, docstring
from kubex_codegen._naming import camel
from kubex_codegen._resources import Resource
from kubex_codegen._structs import Field, Struct
from kubex_codegen._types import FIELDS, MARKERS, MODELS, STRUCT, Symbol, model, struct, symbols, written

_REFERENCE = "https://kubernetes.io/docs/reference/generated/kubernetes-api"
# How the schemas begin that the API reference has a section for; a custom resource may be of a group of k8s.io too.
_BUILT_IN = (
    "io.k8s.api.",
    "io.k8s.apiextensions-apiserver.pkg.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.kube-aggregator.pkg.",
)
_INHERITED = frozenset(("apiVersion", "kind", "metadata"))


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a class is besides a structure: a kind with a path, or a body with apiVersion and kind.

    `large` classes are decoded field by field.
    """

    resource: Resource | None = None
    body: tuple[str, str] | None = None
    large: bool = False


class Emitter:
    """Writes modules; it knows where every class lives."""

    def __init__(
        self, modules: Iterable[Module], roles: Mapping[str, Role], *, descriptions: bool, reference: str | None
    ) -> None:
        self.home = {struct.schema: (module, struct.name) for module in modules for struct in module.structs}
        self.roles = roles
        self.descriptions = descriptions
        self.reference = reference
        # Anchors have the name of the API group: `rbac-authorization-k8s-io` for the package `rbac`.
        self.groups = {
            self.home[schema][0].package[0]: role.resource.group or "core"
            for schema, role in roles.items()
            if role.resource
        }

    def module(self, module: Module) -> list[str]:
        """Return the lines of a module, each statement on one line."""
        names = _Names(module, self.home)
        classes = [line for struct in module.structs for line in self._class(struct, names)]
        return [*names.imports(), *classes]

    def _class(self, made: Struct, names: "_Names") -> list[str]:
        role = self.roles.get(made.schema, Role())
        fields = [field for field in made.fields if role.resource is None or field.wire not in _INHERITED]
        bases = [names.of(base) for base in _bases(role)]
        irregular = [f"{field.name}={field.wire!r}" for field in fields if wire_name(field.name) != field.wire]
        if irregular:
            bases.append(f"alias_generator={names.of(Symbol(FIELDS, 'wire_names'))}({', '.join(irregular)})")
        body = self._documentation(made)
        if role.resource:
            body += ["", INDENT + _facts(role.resource, names), ""]
        for field in fields:
            body += self._field(field, role, names)
        names.define(made.schema)
        return [f"class {made.name}({', '.join(bases)}):", *(body or [f"{INDENT}pass"])]

    def _field(self, field: Field, role: Role, names: "_Names") -> list[str]:
        default = "" if field.required else " = None"
        if role.body and field.wire in ("apiVersion", "kind"):
            default = f" = {role.body[field.wire == 'kind']!r}"
        text = docstring(field.description, INDENT) if self.descriptions else []
        return [f"{INDENT}{field.name}: {names.annotation(field)}{default}", *text]

    def _documentation(self, made: Struct) -> list[str]:
        parts = [made.description] if self.descriptions else []
        if self.reference and made.schema.startswith(_BUILT_IN) and "/" not in made.schema:
            parts.append(f"See {_REFERENCE}/v{self.reference}/#{self._anchor(made.schema)}.")
        return docstring("\n\n".join(parts), INDENT)

    def _anchor(self, schema: str) -> str:
        """Return the anchor of a schema in the API reference: `podspec-v1-core`."""
        group, version = self.home[schema][0].package
        name = schema.rpartition(".")[2]
        return f"{name}-{version}-{self.groups.get(group, group)}".replace(".", "-").lower()


class _Names:
    """What everything is called in one module: what has the name of a class here is imported by another."""

    def __init__(self, module: Module, home: Mapping[str, tuple[Module, str]]) -> None:
        self._module = module
        self._home = home
        self._names = {struct(made.schema): made.name for made in module.structs}
        self._defined = set[str]()

    def of(self, symbol: Symbol) -> str:
        if not symbol.module:
            return symbol.name
        if symbol not in self._names:
            name = self._home[symbol.name][1] if symbol.module == STRUCT else symbol.name
            if name in self._names.values():
                name = f"{self._prefix(symbol)}{name}"
            self._names[symbol] = name
        return self._names[symbol]

    def define(self, schema: str) -> None:
        """Take note that a class stands above what follows."""
        self._defined.add(schema)

    def annotation(self, field: Field) -> str:
        """Write the type of a field, as a string if it needs a class that comes later."""
        text = written(field.type, self.of)
        here = {part.name for part in symbols(field.type) if part.module == STRUCT and self._is_here(part)}
        return text if here <= self._defined else f'"{text}"'

    def imports(self) -> list[str]:
        """Write the imports of all that was asked for, each by itself; ruff joins and sorts them."""
        lines: list[str] = []
        for symbol, local in self._names.items():
            if symbol.module != STRUCT or not self._is_here(symbol):
                source, name = self._source(symbol)
                lines.append(f"from {source} import {name if name == local else f'{name} as {local}'}")
        return lines

    def _is_here(self, symbol: Symbol) -> bool:
        return self._home[symbol.name][0] is self._module

    def _source(self, symbol: Symbol) -> tuple[str, str]:
        if symbol.module != STRUCT:
            return symbol.module, symbol.name
        module, name = self._home[symbol.name]
        if module.package == self._module.package:
            return f".{module.name}", name
        group, version = module.package
        above = f"..{version}" if group == self._module.package[0] else f"...{group}.{version}"
        return f"{above}.{module.name}", name

    def _prefix(self, symbol: Symbol) -> str:
        if symbol.module != STRUCT:
            return "Kubex" if symbol.module == MODELS else camel(symbol.module)
        return "".join(camel(part.replace("_", ".")) for part in self._home[symbol.name][0].package)


def _bases(role: Role) -> list[Symbol]:
    if role.resource is None:
        return [model("LazyModel" if role.large else "Model")]
    scope = "Namespaced" if role.resource.namespaced else "Cluster"
    if not role.resource.stored:
        return [model(f"{scope}CreateOnly")]
    return [model(f"{scope}Resource"), *(Symbol(MARKERS, marker) for marker in role.resource.markers)]


def _facts(resource: Resource, names: _Names) -> str:
    words = {"group": resource.group, "version": resource.version, "kind": resource.kind, "plural": resource.plural}
    words["list_kind"] = resource.list_kind
    items = [f"{name}={word!r}" for name, word in words.items() if word]
    if resource.subresources:
        items.append(f"subresources={_frozenset(resource.subresources)}")
    if resource.stored and ALL_VERBS - resource.verbs:
        items.append(f"verbs={_frozenset(resource.verbs)}")
    return f"__resource__ = {names.of(model('ResourceFacts'))}({', '.join(items)})"


def _frozenset(values: Iterable[str]) -> str:
    return f"frozenset({{{', '.join(map(repr, sorted(values)))}}})"
