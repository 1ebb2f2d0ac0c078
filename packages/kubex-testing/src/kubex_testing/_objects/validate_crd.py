"""Validation of CustomResourceDefinitions: names, versions, and the fields of each version."""

import re
from collections.abc import Iterator

from .json_types import JsonObject, array_at, is_object, object_at
from .names import dns1035_label_problems, dns1123_subdomain_problems
from .status_causes import StatusCause, invalid, not_supported, required
from .validate_structural import validate_structural

_APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = re.compile(r"(.*\.)?(k8s\.io|kubernetes\.io)")
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_PRESERVE_MESSAGE = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
)


def validate_crd(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a definition. Its group, scope and names are immutable."""
    spec, names = object_at(obj, "spec"), object_at(obj, "spec", "names")
    group, plural = spec.get("group") or "", names.get("plural") or ""
    causes: list[StatusCause] = []
    if (name := object_at(obj, "metadata").get("name")) and name != f"{plural}.{group}":
        causes.append(invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    causes += _validate_approval(obj, group)
    causes += _validate_group(group)
    if spec.get("scope") not in {"Cluster", "Namespaced"}:
        scope = "spec.scope"
        scope_value = spec.get("scope")
        causes.append(not_supported(scope, scope_value, ["Cluster", "Namespaced"]) if scope_value else required(scope))
    causes += _validate_versions(array_at(spec, "versions"))
    causes += _validate_names(names)
    if (strategy := object_at(spec, "conversion").get("strategy")) not in {"None", "Webhook"}:
        causes.append(not_supported("spec.conversion.strategy", strategy, ["None", "Webhook"]))
    if spec.get("preserveUnknownFields"):
        causes.append(invalid("spec.preserveUnknownFields", True, _PRESERVE_MESSAGE))
    if not any(version.get("storage") is True for version in array_at(spec, "versions")):
        causes.append(invalid("status.storedVersions", None, "must have at least one stored version"))
    if old is not None:
        causes += _validate_changes(spec, object_at(old, "spec"))
    return causes


def _validate_approval(obj: JsonObject, group: str) -> Iterator[StatusCause]:
    approval = object_at(obj, "metadata", "annotations").get(_APPROVAL) or ""
    field, link = f"metadata.annotations[{_APPROVAL}]", "see https://github.com/kubernetes/enhancements/pull/1111"
    detail = f'protected groups must have approval annotation "{_APPROVAL}"'
    if not _PROTECTED.fullmatch(group):
        return
    if not approval:
        yield required(field, f"{detail}, {link}")
    elif not re.match(r"[a-z][a-z0-9+.-]*://[^/]|unapproved", approval):
        yield invalid(field, approval, f'{detail} with either a URL or a reason starting with "unapproved", {link}')


def _validate_group(group: str) -> Iterator[StatusCause]:
    if not group:
        yield required("spec.group")
    elif problems := dns1123_subdomain_problems(group):
        yield invalid("spec.group", group, ",".join(problems))
    elif "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def _validate_versions(versions: list[JsonObject]) -> Iterator[StatusCause]:
    names = [version.get("name") or "" for version in versions]
    for index, version in enumerate(versions):
        yield from _validate_version(version, f"spec.versions[{index}]", versions)
    if names and (problems := dns1035_label_problems(names[0])):
        yield invalid("spec.version", names[0], ",".join(problems))
    # The value of the causes is the complete list, as in kube-apiserver.
    if len(set(names)) < len(names):
        yield invalid("spec.versions", versions, "must contain unique version names")
    stored = sum(version.get("storage") is True for version in versions)
    if stored != 1:
        yield invalid("spec.versions", versions or None, "must have exactly one version marked as storage version")


def _validate_version(version: JsonObject, path: str, versions: list[JsonObject]) -> Iterator[StatusCause]:
    name = version.get("name") or ""
    if problems := dns1035_label_problems(name):
        yield invalid(f"{path}.name", name, ",".join(problems))

    def field(key: str, own: str, common: str) -> str:
        """Return the path of a field of a version."""
        # kube-apiserver converts fields that are equal in all versions to top-level fields of the spec.
        return common if all(other.get(key) == version.get(key) for other in versions) else f"{path}.{own}"

    schema = object_at(version, "schema").get("openAPIV3Schema")
    if is_object(schema):
        schema_path = field("schema", "schema.openAPIV3Schema", "spec.validation.openAPIV3Schema")
        yield from validate_structural(schema, schema_path)
    else:
        yield required(f"{path}.schema.openAPIV3Schema")
    if is_object(scale := object_at(version, "subresources").get("scale")):
        schema_path = field("subresources", "subresources.scale", "spec.subresources.scale")
        missing = [key for key in ("specReplicasPath", "statusReplicasPath") if not scale.get(key)]
        yield from (required(f"{schema_path}.{key}") for key in missing)
    columns = field("additionalPrinterColumns", "additionalPrinterColumns", "spec.additionalPrinterColumns")
    for index, column in enumerate(array_at(version, "additionalPrinterColumns")):
        yield from _validate_column(column, f"{columns}[{index}]")


def _validate_column(column: JsonObject, field: str) -> Iterator[StatusCause]:
    if not column.get("name"):
        yield required(f"{field}.name")
    if (kind := column.get("type") or "") not in _COLUMN_TYPES:
        text = f"must be one of {','.join(_COLUMN_TYPES)}"
        yield invalid(f"{field}.type", kind, text) if kind else required(f"{field}.type", text)
    if not column.get("jsonPath"):
        yield required(f"{field}.JSONPath")


def _validate_names(names: JsonObject) -> Iterator[StatusCause]:
    for key in ("plural", "singular", "kind", "listKind"):
        value = names.get(key) or ""
        if not value:
            yield required(f"spec.names.{key}")
        elif problems := dns1035_label_problems(value.lower() if "ind" in key else value):
            prefix = "may have mixed case, but should otherwise match: " if "ind" in key else ""
            yield invalid(f"spec.names.{key}", value, prefix + ",".join(problems))
    for key in ("shortNames", "categories"):
        for index, name in enumerate(array_at(names, key)):
            if problems := dns1035_label_problems(name):
                yield invalid(f"spec.names.{key}[{index}]", name, ",".join(problems))
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        yield invalid("spec.names.listKind", names["listKind"], "kind and listKind may not be the same")


def _validate_changes(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    for path in (("group",), ("scope",), ("names", "kind"), ("names", "plural")):
        new, old = object_at(spec, *path[:-1]).get(path[-1]), object_at(before, *path[:-1]).get(path[-1])
        if new != old:
            yield invalid(f"spec.{'.'.join(path)}", new, "field is immutable")
