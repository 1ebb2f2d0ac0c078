"""Validation of CustomResourceDefinitions: names, versions and structural schemas."""

import re
from collections.abc import Iterator

from .causes import Cause, forbidden, invalid, not_supported, required
from .json_types import JsonObject, array_at, is_array, is_object, object_at
from .names import dns1035_label_problems, dns1123_subdomain_problems

_APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = re.compile(r"(.*\.)?(k8s\.io|kubernetes\.io)")
_LOGIC = ("allOf", "anyOf", "oneOf")
# What a nested rule may not say, because only the structure itself may.
_ONLY_STRUCTURAL = ("type", "default", "additionalProperties", "nullable", "title", "description")


def validate_crd(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Check a definition; its group, scope and names cannot change."""
    spec, names = object_at(obj, "spec"), object_at(obj, "spec", "names")
    group, plural = spec.get("group") or "", names.get("plural") or ""
    found: list[Cause] = []
    if (name := object_at(obj, "metadata").get("name")) and name != f"{plural}.{group}":
        found.append(invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    found += _approval(obj, group)
    found += _group(group)
    if spec.get("scope") not in {"Cluster", "Namespaced"}:
        scope = "spec.scope"
        given = spec.get("scope")
        found.append(not_supported(scope, given, ["Cluster", "Namespaced"]) if given else required(scope))
    found += _versions(array_at(spec, "versions"))
    found += _names(names)
    if old is not None:
        found += _changes(spec, object_at(old, "spec"))
    return found


def _approval(obj: JsonObject, group: str) -> Iterator[Cause]:
    annotations = object_at(obj, "metadata", "annotations")
    if _PROTECTED.fullmatch(group) and not annotations.get(_APPROVAL):
        detail = f'protected groups must have approval annotation "{_APPROVAL}", see '
        link = "https://github.com/kubernetes/enhancements/pull/1111"
        yield required(f"metadata.annotations[{_APPROVAL}]", detail + link)


def _group(group: str) -> Iterator[Cause]:
    if not group:
        yield required("spec.group")
    elif problems := dns1123_subdomain_problems(group):
        yield invalid("spec.group", group, ",".join(problems))
    elif "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def _versions(versions: list[JsonObject]) -> Iterator[Cause]:
    names = [version.get("name") or "" for version in versions]
    for index, version in enumerate(versions):
        place = f"spec.versions[{index}]"
        if problems := dns1035_label_problems(names[index]):
            yield invalid(f"{place}.name", names[index], ",".join(problems))
        schema = object_at(version, "schema").get("openAPIV3Schema")
        if not is_object(schema):
            yield required(f"{place}.schema.openAPIV3Schema", "schemas are required")
        else:
            yield from _structure(schema, f"{place}.schema.openAPIV3Schema", root=True)
    if len(set(names)) < len(names):
        yield invalid("spec.versions", versions, "must contain unique version names")
    if sum(version.get("storage") is True for version in versions) != 1:
        yield invalid("spec.versions", versions, "must have exactly one version marked as storage version")


def _names(names: JsonObject) -> Iterator[Cause]:
    for key in ("plural", "singular", "kind", "listKind"):
        value = names.get(key) or ""
        if not value:
            yield required(f"spec.names.{key}")
        elif problems := dns1035_label_problems(value.lower() if "ind" in key else value):
            lead = "may have mixed case, but should otherwise match: " if "ind" in key else ""
            yield invalid(f"spec.names.{key}", value, lead + ",".join(problems))
    for index, short in enumerate(array_at(names, "shortNames")):
        if problems := dns1035_label_problems(short):
            yield invalid(f"spec.names.shortNames[{index}]", short, ",".join(problems))
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        yield invalid("spec.names.listKind", names["listKind"], "kind and listKind may not be the same")


def _changes(spec: JsonObject, before: JsonObject) -> Iterator[Cause]:
    for path in (("group",), ("scope",), ("names", "kind"), ("names", "plural")):
        new, old = object_at(spec, *path[:-1]).get(path[-1]), object_at(before, *path[:-1]).get(path[-1])
        if new != old:
            yield invalid(f"spec.{'.'.join(path)}", new, "field is immutable")


def _structure(node: JsonObject, field: str, *, root: bool = False, item: bool = False) -> Iterator[Cause]:
    """Check that a schema is structural: every field has a type, and rules only restrict."""
    loose = node.get("x-kubernetes-int-or-string") or node.get("x-kubernetes-preserve-unknown-fields")
    kind = node.get("type")
    if not kind and (root or not loose):
        where = "at the root" if root else "for specified array items" if item else "for specified object fields"
        yield required(f"{field}.type", f"must not be empty {where}")
    elif root and kind != "object":
        yield invalid(f"{field}.type", kind, "must be object at the root")
    if node.get("properties") and node.get("additionalProperties"):
        yield forbidden(f"{field}.additionalProperties", "additionalProperties and properties are mutual exclusive")
    if kind == "array" and not is_object(node.get("items")):
        yield required(f"{field}.items", "must be specified")
    if node.get("x-kubernetes-list-type") == "map" and not array_at(node, "x-kubernetes-list-map-keys"):
        yield required(f"{field}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")
    yield from _pattern(node, field)
    for key, child in object_at(node, "properties").items():
        if is_object(child):
            yield from _structure(child, f"{field}.properties[{key}]")
    for key in ("items", "additionalProperties"):
        if is_object(child := node.get(key)):
            yield from _structure(child, f"{field}.{key}", item=key == "items")
    yield from _logic(node, field)


def _pattern(node: JsonObject, field: str) -> Iterator[Cause]:
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        try:
            re.compile(pattern)
        except re.error as error:
            text = f"must be a valid regular expression, but isn't: {error}"
            yield invalid(f"{field}.pattern", pattern, text)


def _logic(node: JsonObject, field: str) -> Iterator[Cause]:
    if is_object(inner := node.get("not")):
        yield from _value_rules(inner, f"{field}.not")
    for key in _LOGIC:
        rules = node.get(key)
        for index, inner in enumerate(rules if is_array(rules) else []):
            if node.get("x-kubernetes-int-or-string") and key in {"anyOf", "allOf"}:
                continue
            yield from _value_rules(inner, f"{field}.{key}[{index}]")


def _value_rules(node: JsonObject, field: str) -> Iterator[Cause]:
    for key in _ONLY_STRUCTURAL:
        if node.get(key) is not None:
            word = "undefined" if key in {"additionalProperties", "default"} else "empty"
            yield forbidden(f"{field}.{key}", f"must be {word if key != 'nullable' else 'false'} to be structural")
    for key, child in object_at(node, "properties").items():
        yield from _value_rules(child, f"{field}.properties[{key}]")
    if is_object(items := node.get("items")):
        yield from _value_rules(items, f"{field}.items")
    yield from _logic(node, field)
