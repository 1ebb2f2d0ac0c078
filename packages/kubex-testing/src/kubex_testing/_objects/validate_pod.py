"""Validation of pods and pod templates."""

import re
from collections.abc import Iterator

from .json_types import JsonArray, JsonObject, array_at, is_integer, json_copy, json_equal, object_at
from .names import (
    port_name_problems,
    qualified_name_problems,
    validate_annotations,
    validate_dns1123_label,
    validate_dns1123_subdomain,
    validate_labels,
)
from .quantities import parse_quantity
from .status_causes import StatusCause, duplicate, forbidden, invalid, not_supported, required
from .validate_probes import PORT_RANGE, validate_probes

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_ENV_NAME = re.compile(r"[ -<>-~]+")
_ENV_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_IMMUTABLE_SPEC_MESSAGE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def validate_pod(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a pod, and its changes if there is an old one."""
    spec = object_at(obj, "spec")
    causes = validate_pod_spec(spec, "spec")
    # Templates may project a token without an account, because admission sets the account when a pod is created.
    if not spec.get("serviceAccountName"):
        causes += _validate_projected_tokens(array_at(spec, "volumes"), "spec.volumes")
    if old is None:
        if spec.get("nodeName") and array_at(spec, "schedulingGates"):
            causes.append(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
        if array_at(spec, "ephemeralContainers"):
            causes.append(forbidden("spec.ephemeralContainers", "cannot be set on create"))
        return causes
    return causes + _validate_changes(spec, object_at(old, "spec"))


def validate_pod_template(template: JsonObject, field: str) -> list[StatusCause]:
    """Validate a pod template. The field of its labels is `template.labels`, without `metadata`."""
    metadata = object_at(template, "metadata")
    causes = validate_labels(object_at(metadata, "labels"), f"{field}.labels")
    causes += validate_annotations(object_at(metadata, "annotations"), f"{field}.annotations")
    causes += validate_pod_spec(object_at(template, "spec"), f"{field}.spec")
    if array_at(template, "spec", "ephemeralContainers"):
        causes.append(
            forbidden(f"{field}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template")
        )
    return causes


def validate_pod_spec(spec: JsonObject, field: str) -> list[StatusCause]:
    """Validate a pod spec with its defaults."""
    volumes = {volume.get("name") for volume in array_at(spec, "volumes")}
    causes = list(_validate_volumes(array_at(spec, "volumes"), f"{field}.volumes"))
    containers, init = array_at(spec, "containers"), array_at(spec, "initContainers")
    if not containers:
        causes.append(required(f"{field}.containers"))
    seen: set[str] = set()
    causes += validate_containers(containers, f"{field}.containers", volumes, seen)
    causes += validate_containers(init, f"{field}.initContainers", volumes, seen)
    causes += _validate_enum(spec, "restartPolicy", _RESTART_POLICIES, field)
    causes += _validate_enum(spec, "dnsPolicy", _DNS_POLICIES, field)
    causes += validate_labels(object_at(spec, "nodeSelector"), f"{field}.nodeSelector")
    causes += _validate_users(object_at(spec, "securityContext"), f"{field}.securityContext")
    if spec.get("dnsPolicy") == "None" and not array_at(spec, "dnsConfig", "nameservers"):
        text = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        if spec.get("dnsConfig") is None:
            causes.append(required(f"{field}.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None"))
        else:
            causes.append(required(f"{field}.dnsConfig.nameservers", text))
    for index, gate in enumerate(array_at(spec, "schedulingGates")):
        name = gate.get("name") or ""
        causes += [invalid(f"{field}.schedulingGates[{index}]", name, text) for text in qualified_name_problems(name)]
    for key in ("serviceAccountName", "nodeName"):
        if name := spec.get(key):
            causes += validate_dns1123_subdomain(name, f"{field}.{key}")
    if is_integer(value := spec.get("terminationGracePeriodSeconds")) and value < 0:
        causes.append(invalid(f"{field}.terminationGracePeriodSeconds", value, "must be greater than or equal to 0"))
    if is_integer(value := spec.get("activeDeadlineSeconds")) and value < 1:
        causes.append(invalid(f"{field}.activeDeadlineSeconds", value, "must be between 1 and 2147483647, inclusive"))
    for key in ("hostname", "subdomain"):
        if name := spec.get(key):
            causes += validate_dns1123_label(name, f"{field}.{key}")
    for index, toleration in enumerate(array_at(spec, "tolerations")):
        operator = toleration.get("operator")
        if not toleration.get("key") and operator != "Exists":
            text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            causes.append(invalid(f"{field}.tolerations[{index}].operator", operator or "", text))
        if operator not in {None, "", "Equal", "Exists"}:
            causes.append(not_supported(f"{field}.tolerations[{index}].operator", operator, ["Equal", "Exists"]))
    return causes


def _validate_users(context: JsonObject, field: str) -> Iterator[StatusCause]:
    for key in ("fsGroup", "runAsUser", "runAsGroup"):
        if is_integer(value := context.get(key)) and not 0 <= value < 2**31:
            yield invalid(f"{field}.{key}", value, "must be between 0 and 2147483647, inclusive")


def _validate_enum(target: JsonObject, key: str, supported: tuple[str, ...], field: str) -> list[StatusCause]:
    value = target.get(key)
    if not value:
        return [required(f"{field}.{key}")]
    return [] if value in supported else [not_supported(f"{field}.{key}", value, supported)]


def _validate_volumes(volumes: JsonArray, field: str) -> Iterator[StatusCause]:
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        name, path = volume.get("name") or "", f"{field}[{index}]"
        if not name:
            yield required(f"{path}.name")
            continue
        yield from validate_dns1123_label(name, f"{path}.name")
        if name in seen:
            yield duplicate(f"{path}.name", name)
        seen.add(name)
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        if len(sources) > 1:
            yield forbidden(f"{path}.{sources[1]}", "may not specify more than 1 volume type")


def _validate_projected_tokens(volumes: JsonArray, field: str) -> Iterator[StatusCause]:
    for index, volume in enumerate(volumes):
        for number, source in enumerate(array_at(volume, "projected", "sources")):
            if source.get("serviceAccountToken") is not None:
                path = f"{field}[{index}].projected.sources[{number}].serviceAccountToken"
                yield forbidden(path, "must not be specified when serviceAccountName is not set")


def validate_containers(containers: JsonArray, field: str, volumes: set[str], seen: set[str]) -> Iterator[StatusCause]:
    """Validate one list of containers. `seen` collects the names, which must be unique in all lists of the pod."""
    for index, container in enumerate(containers):
        path = f"{field}[{index}]"
        name = container.get("name") or ""
        yield from validate_dns1123_label(name, f"{path}.name") if name else [required(f"{path}.name")]
        if not container.get("image"):
            yield required(f"{path}.image")
        if name and name in seen:
            yield duplicate(f"{path}.name", name)
        seen.add(name)
        yield from _validate_enum(container, "terminationMessagePolicy", _MESSAGE_POLICIES, path)
        yield from _validate_ports(array_at(container, "ports"), f"{path}.ports")
        for number, variable in enumerate(array_at(container, "env")):
            name = variable.get("name") or ""
            if not name:
                yield required(f"{path}.env[{number}].name")
            elif not _ENV_NAME.fullmatch(name):
                yield invalid(f"{path}.env[{number}].name", name, _ENV_TEXT)
        yield from _validate_mounts(array_at(container, "volumeMounts"), f"{path}.volumeMounts", volumes)
        yield from _validate_enum(container, "imagePullPolicy", _PULL_POLICIES, path)
        yield from _validate_resources(object_at(container, "resources"), f"{path}.resources")
        yield from validate_probes(container, path)


def _validate_ports(ports: JsonArray, field: str) -> Iterator[StatusCause]:
    names: set[str] = set()
    for index, port in enumerate(ports):
        path = f"{field}[{index}]"
        if name := port.get("name"):
            problems = port_name_problems(name)
            yield from (invalid(f"{path}.name", name, problem) for problem in problems)
            if not problems and name in names:
                yield duplicate(f"{path}.name", name)
            names.add(name)
        number = port.get("containerPort") or 0
        if number == 0:
            yield required(f"{path}.containerPort")
        elif not 1 <= number <= 65535:
            yield invalid(f"{path}.containerPort", number, PORT_RANGE)
        if (host_port := port.get("hostPort") or 0) and not 1 <= host_port <= 65535:
            yield invalid(f"{path}.hostPort", host_port, PORT_RANGE)
        yield from _validate_enum(port, "protocol", _PROTOCOLS, path)


def _validate_mounts(mounts: JsonArray, field: str, volumes: set[str]) -> Iterator[StatusCause]:
    for index, mount in enumerate(mounts):
        path = f"{field}[{index}]"
        if not mount.get("name"):
            yield required(f"{path}.name")
        elif mount["name"] not in volumes:
            yield StatusCause("FieldValueNotFound", f'Not found: "{mount["name"]}"', f"{path}.name")
        if not mount.get("mountPath"):
            yield required(f"{path}.mountPath")


def _validate_resources(resources: JsonObject, field: str) -> Iterator[StatusCause]:
    limits = object_at(resources, "limits")
    for group in ("limits", "requests"):
        for name, value in object_at(resources, group).items():
            if parse_quantity(value) < 0:
                yield invalid(f"{field}.{group}[{name}]", str(value), "must be greater than or equal to 0")
    for name, value in object_at(resources, "requests").items():
        if name in limits and parse_quantity(value) > parse_quantity(limits[name]):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            yield invalid(f"{field}.requests", str(value), text)


def _validate_changes(spec: JsonObject, before: JsonObject) -> list[StatusCause]:
    """Allow only new images, a shorter deadline, more tolerations and fewer scheduling gates."""
    for name in ("containers", "initContainers"):
        if len(array_at(spec, name)) != len(array_at(before, name)):
            return [forbidden(f"spec.{name}", "pod updates may not add or remove containers")]
    causes, is_final = _validate_deadline_change(spec, before)
    if is_final:
        return causes
    causes += [
        *_validate_toleration_change(spec, before),
        *_validate_scheduling_gate_change(spec, before),
    ]
    # Restore the mutable fields. Any remaining difference is an immutable field.
    allowed: JsonObject = json_copy(spec)
    for name in ("containers", "initContainers"):
        for container, old in zip(array_at(allowed, name), array_at(before, name), strict=True):
            container["image"] = old.get("image")
    for key in ("activeDeadlineSeconds", "tolerations", "schedulingGates"):
        allowed.pop(key, None)
        if key in before:
            allowed[key] = before[key]
    if (before.get("terminationGracePeriodSeconds") or 0) < 0 and allowed.get("terminationGracePeriodSeconds") == 1:
        allowed["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    if not json_equal(allowed, before):
        causes.append(forbidden("spec", _IMMUTABLE_SPEC_MESSAGE))
    return causes


def _validate_deadline_change(spec: JsonObject, before: JsonObject) -> tuple[list[StatusCause], bool]:
    """Return the causes, and whether kube-apiserver skips the checks that follow."""
    new, old = spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")
    field = "spec.activeDeadlineSeconds"
    if new is None:
        text = "must not update from a positive integer to nil value"
        return [invalid(field, None, text)] if old is not None else [], False
    if new < 0:
        return [invalid(field, new, "must be between 0 and 2147483647, inclusive")], True
    if old is not None and new > old:
        return [invalid(field, new, "must be less than or equal to previous value")], True
    return [], False


def _validate_toleration_change(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    new = [_without_seconds(toleration) for toleration in array_at(spec, "tolerations")]
    if any(_without_seconds(toleration) not in new for toleration in array_at(before, "tolerations")):
        yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")


def _without_seconds(toleration: JsonObject) -> JsonObject:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _validate_scheduling_gate_change(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    old_gates = {gate.get("name") for gate in array_at(before, "schedulingGates")}
    for index, gate in enumerate(array_at(spec, "schedulingGates")):
        if gate.get("name") not in old_gates:
            text = f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'"
            yield forbidden(f"spec.schedulingGates[{index}].name", text)
