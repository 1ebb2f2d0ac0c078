"""Validation of the subresources ephemeralcontainers and resize of pods."""

from collections.abc import Iterator

from .json_types import JsonObject, array_at, json_copy, json_equal, object_at
from .pod_defaults import qos_class
from .status_causes import StatusCause, forbidden, invalid
from .validate_pod import validate_containers

_EPHEMERAL = "ephemeralContainers"
_NOT_EPHEMERAL = ("lifecycle", "livenessProbe", "ports", "readinessProbe", "startupProbe", "resources", "resizePolicy")
_RESIZABLE = ("cpu", "memory")


def validate_ephemeral(new: JsonObject, old: JsonObject) -> list[StatusCause]:
    """Validate the ephemeral containers of a pod. Existing ones are immutable."""
    spec, field = object_at(new, "spec"), f"spec.{_EPHEMERAL}"
    containers = array_at(spec, _EPHEMERAL)
    others = {item["name"] for kind in ("containers", "initContainers") for item in array_at(spec, kind)}
    volumes = {volume.get("name") for volume in array_at(spec, "volumes")}
    causes = list(validate_containers(containers, field, volumes, set(others)))
    for index, container in enumerate(containers):
        path, target = f"{field}[{index}]", container.get("targetContainerName")
        if target and target not in others:
            causes.append(StatusCause("FieldValueNotFound", f'Not found: "{target}"', f"{path}.targetContainerName"))
        causes += [
            forbidden(f"{path}.{key}", "cannot be set for an Ephemeral Container")
            for key in _NOT_EPHEMERAL
            if container.get(key)
        ]
    by_name = {container.get("name"): container for container in containers}
    for before in array_at(old, "spec", _EPHEMERAL):
        name = before["name"]
        if name not in by_name:
            causes.append(forbidden(field, f'existing ephemeral containers "{name}" may not be removed\n'))
        elif not json_equal(by_name[name], before):
            causes.append(forbidden(field, f'existing ephemeral containers "{name}" may not be changed\n'))
    return causes


def validate_resize(new: JsonObject, old: JsonObject) -> list[StatusCause]:
    """Validate a resize of a pod: CPU and memory may change, but the quality-of-service class may not."""
    spec, before = object_at(new, "spec"), object_at(old, "spec")
    causes: list[StatusCause] = []
    quality = qos_class(before)
    if qos_class(spec) != quality:
        causes.append(invalid("spec", quality, "Pod QOS Class may not change as a result of resizing"))
    if len(array_at(spec, "containers")) != len(array_at(before, "containers")):
        return [*causes, forbidden("spec.containers", "containers may not be added or removed on resize")]
    causes += _validate_removed_resources(spec, before)
    mutable: JsonObject = json_copy(spec)
    for container, old_container in zip(array_at(mutable, "containers"), array_at(before, "containers"), strict=True):
        _restore_resources(container, old_container)
    if not json_equal(mutable, before):
        causes.append(forbidden("spec", "only cpu and memory resources are mutable"))
    return causes


def _validate_removed_resources(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    pairs = zip(array_at(spec, "containers"), array_at(before, "containers"), strict=True)
    for index, (container, old_container) in enumerate(pairs):
        for key in ("limits", "requests"):
            gone = set(object_at(old_container, "resources", key)) - set(object_at(container, "resources", key))
            if gone & set(_RESIZABLE):
                text = f"resource {key} cannot be removed"
                yield forbidden(f"spec.containers[{index}].resources.{key}", text)


def _restore_resources(container: JsonObject, old_container: JsonObject) -> None:
    """Restore the old CPU and memory resources of a container, in place."""
    resources = dict(object_at(container, "resources"))
    for key in ("limits", "requests"):
        kept = {name: value for name, value in object_at(resources, key).items() if name not in _RESIZABLE}
        old_resources = object_at(old_container, "resources", key)
        resources[key] = kept | {name: old_resources[name] for name in _RESIZABLE if name in old_resources}
        if not resources[key]:
            del resources[key]
    container["resources"] = resources
