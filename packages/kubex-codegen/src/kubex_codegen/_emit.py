"""Private modules: classes with their fields, facts and documentation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex.models import ALL_VERBS, wire_name
from kubex_codegen._families import Module
from kubex_codegen._layout import INDENT, Brackets, Part, docstring, flat, from_import, lay_out, lay_out_field, literal
from kubex_codegen._naming import camel
from kubex_codegen._packages import text_of
from kubex_codegen._resources import Resource
from kubex_codegen._structs import Field, Struct
from kubex_codegen._types import MODELS, STRUCT, Symbol, model, struct, symbols, written

_REFERENCE = "https://kubernetes.io/docs/reference/generated/kubernetes-api"
_INHERITED = frozenset(("apiVersion", "kind", "metadata"))


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a class is besides a structure: a kind with a path, or a body with apiVersion and kind."""

    resource: Resource | None = None
    body: tuple[str, str] | None = None


class Emitter:
    """Writes modules; it knows where every class lives."""

    def __init__(
        self, modules: Iterable[Module], roles: Mapping[str, Role], *, descriptions: bool, reference: str | None
    ) -> None:
        self.home = {struct.schema: (module, struct.name) for module in modules for struct in module.structs}
        self.roles = roles
        self.descriptions = descriptions
        self.reference = reference

    def module(self, module: Module) -> str:
        """Return the text of a module."""
        names = _Names(module, self.home)
        classes = [line for struct in module.structs for line in ["", "", *self._class(struct, names)]]
        return text_of([*names.imports(), *classes])

    def _class(self, made: Struct, names: "_Names") -> list[str]:
        role = self.roles.get(made.schema, Role())
        fields = [field for field in made.fields if role.resource is None or field.wire not in _INHERITED]
        bases: list[str | Brackets] = [names.of(base) for base in _bases(role)]
        irregular = [f"{field.name}={literal(field.wire)}" for field in fields if wire_name(field.name) != field.wire]
        if irregular:
            bases.append(Brackets(f"alias_generator={names.of(model('wire_names'))}", irregular))
        body = [self._documentation(made, role)]
        if role.resource:
            body.append(lay_out(_facts(role.resource, names), INDENT))
        body.append([line for field in fields for line in self._field(field, role, names)])
        names.define(made.schema)
        lines = [line for part in body if part for line in ["", *part]][1:]
        return [*lay_out(Brackets(f"class {made.name}", bases), "", ":"), *(lines or [f"{INDENT}pass"])]

    def _field(self, field: Field, role: Role, names: "_Names") -> list[str]:
        annotation = names.annotation(field)
        default = "" if field.required else "None"
        if role.body and field.wire in ("apiVersion", "kind"):
            default = literal(role.body[field.wire == "kind"])
        text = docstring(field.description, INDENT) if self.descriptions else []
        return [*lay_out_field(field.name, annotation, default, INDENT), *text]

    def _documentation(self, made: Struct, role: Role) -> list[str]:
        parts = [made.description] if self.descriptions else []
        if self.reference and (role.resource or role.body):
            parts.append(f"See {_REFERENCE}/v{self.reference}/#{_anchor(made.name, role)}.")
        return docstring("\n\n".join(parts), INDENT)


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

    def annotation(self, field: Field) -> Part:
        """Write the type of a field, as a string if it needs a class that comes later."""
        text = written(field.type, self.of)
        here = {part.name for part in symbols(field.type) if part.module == STRUCT and self._is_here(part)}
        return text if here <= self._defined else f'"{flat(text)}"'

    def imports(self) -> list[str]:
        """Write the imports of all that was asked for, in the order of isort."""
        sections: dict[int, dict[str, list[str]]] = {}
        for symbol, local in self._names.items():
            if symbol.module == STRUCT and self._is_here(symbol):
                continue
            source, name = self._source(symbol)
            section = 2 if source.startswith(".") else 0 if source == "typing" else 1
            sections.setdefault(section, {}).setdefault(source, []).append(
                name if name == local else f"{name} as {local}"
            )
        lines: list[str] = []
        for _, modules in sorted(sections.items()):
            for source in sorted(modules, key=_distance):
                lines += from_import(source, modules[source])
            lines.append("")
        return lines[:-1]

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
        return [model("Model")]
    scope = "Namespaced" if role.resource.namespaced else "Cluster"
    if not role.resource.stored:
        return [model(f"{scope}CreateOnly")]
    return [model(f"{scope}Resource"), *map(model, role.resource.markers)]


def _facts(resource: Resource, names: _Names) -> Brackets:
    words = {"group": resource.group, "version": resource.version, "kind": resource.kind, "plural": resource.plural}
    items: list[str | Brackets] = [f"{name}={literal(word)}" for name, word in words.items() if word]
    if resource.subresources:
        items.append(_frozenset("subresources", resource.subresources))
    if resource.stored and ALL_VERBS - resource.verbs:
        items.append(_frozenset("verbs", resource.verbs))
    return Brackets(f"__resource__ = {names.of(model('ResourceFacts'))}", items)


def _frozenset(name: str, values: Iterable[str]) -> Brackets:
    return Brackets(f"{name}=frozenset", [Brackets("", [literal(value) for value in sorted(values)], "{}")])


def _anchor(name: str, role: Role) -> str:
    if role.resource:
        group, version = role.resource.group, role.resource.version
    else:
        group, _, version = (role.body or ("", ""))[0].rpartition("/")
    return f"{name}-{version}-{group.replace('.', '-') or 'core'}".lower()


def _distance(source: str) -> tuple[int, str]:
    dots = len(source) - len(source.lstrip("."))
    return -dots, source
