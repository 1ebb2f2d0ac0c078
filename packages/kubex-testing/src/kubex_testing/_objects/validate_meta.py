"""Validation of `metadata`, which is the same for all kinds."""

from collections.abc import Callable
from typing import TypeAlias

from .json_types import JsonObject, array_at, is_integer, object_at
from .names import validate_annotations, validate_finalizers, validate_labels
from .status_causes import StatusCause, forbidden, invalid, required

NameProblems: TypeAlias = Callable[[str], list[str]]

# These cannot change. An update may omit them, because the server restores them before validation.
_IMMUTABLE = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
_REQUIRED_REFERENCE_FIELDS = ("apiVersion", "kind", "name", "uid")


def validate_metadata(obj: JsonObject, old: JsonObject | None, name_problems: NameProblems) -> list[StatusCause]:
    """Validate the `metadata` of a new object, or of an update if there is an old object."""
    metadata = object_at(obj, "metadata")
    causes = _validate_name(metadata, name_problems) if old is None else []
    causes += [*_validate_maps_and_owners(metadata), *_validate_finalizers(metadata)]
    return causes if old is None else [*causes, *_validate_changes(metadata, old)]


def validate_custom_metadata(obj: JsonObject, old: JsonObject | None, name_problems: NameProblems) -> list[StatusCause]:
    """Validate the `metadata` of a custom resource. As in kube-apiserver, an update contains most causes repeatedly."""
    causes = validate_metadata(obj, old, name_problems)
    if old is None:
        return causes
    metadata = object_at(obj, "metadata")
    shared = _validate_maps_and_owners(metadata)
    return [*causes, *shared, *_validate_changes(metadata, old), *shared]


def _validate_maps_and_owners(metadata: JsonObject) -> list[StatusCause]:
    causes: list[StatusCause] = []
    if is_integer(generation := metadata.get("generation")) and generation < 0:
        causes.append(invalid("metadata.generation", generation, "must be greater than or equal to 0"))
    causes += validate_labels(object_at(metadata, "labels"))
    causes += validate_annotations(object_at(metadata, "annotations"))
    return [*causes, *_validate_owner_references(metadata)]


def _validate_finalizers(metadata: JsonObject) -> list[StatusCause]:
    finalizers = array_at(metadata, "finalizers")
    causes = validate_finalizers(finalizers, "metadata.finalizers")
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        both = "finalizer orphan and foregroundDeletion cannot be both set"
        causes.append(invalid("metadata.finalizers", finalizers, both))
    return causes


def _validate_name(metadata: JsonObject, name_problems: NameProblems) -> list[StatusCause]:
    causes: list[StatusCause] = []
    if base := metadata.get("generateName"):
        # A dash at the end is valid, because a letter or digit follows it in the generated name.
        masked = f"{base[:-1]}a" if base.endswith("-") and len(base) > 1 else base
        causes += [invalid("metadata.generateName", base, problem) for problem in name_problems(masked)]
    if name := metadata.get("name"):
        return causes + [invalid("metadata.name", name, problem) for problem in name_problems(name)]
    return [*causes, required("metadata.name", "name or generateName is required")]


def _validate_changes(metadata: JsonObject, old: JsonObject) -> list[StatusCause]:
    before = object_at(old, "metadata")
    causes: list[StatusCause] = []
    if before.get("deletionTimestamp"):
        added = sorted(set(array_at(metadata, "finalizers")) - set(array_at(before, "finalizers")))
        if added:
            format_json = ", ".join(f'"{name}"' for name in added)
            detail = "no new finalizers can be added if the object is being deleted, found new finalizers"
            causes.append(forbidden("metadata.finalizers", f"{detail} []string{{{format_json}}}"))
    for key in _IMMUTABLE:
        value = metadata.get(key)
        if value not in {None, ""} and value != before.get(key):
            causes.append(invalid(f"metadata.{key}", value, "field is immutable"))
    return causes


def _validate_owner_references(metadata: JsonObject) -> list[StatusCause]:
    causes: list[StatusCause] = []
    controllers: list[str] = []
    references = array_at(metadata, "ownerReferences")
    for index, reference in enumerate(references):
        field = f"metadata.ownerReferences[{index}]"
        missing = [key for key in _REQUIRED_REFERENCE_FIELDS if not reference.get(key)]
        causes += [required(f"{field}.{key}", "must not be empty") for key in missing]
        if reference.get("apiVersion", "").count("/") > 1:
            causes.append(
                invalid(f"{field}.apiVersion", reference["apiVersion"], "must be <group>/<version> or <version>")
            )
        if reference.get("controller"):
            controllers.append(f"{reference.get('kind')}/{reference.get('name')}")
    for other in controllers[1:]:
        detail = 'Only one reference can have Controller set to true. Found "true" in references for'
        causes.append(invalid("metadata.ownerReferences", references, f"{detail} {controllers[0]} and {other}"))
    return causes
