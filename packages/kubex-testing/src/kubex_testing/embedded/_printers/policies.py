"""The cells of access control, admission, API extensions, scheduling and flow control."""

from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import array_at, object_at

from .formats import Cell, count_items, find_condition, is_true, join_items, read_path

_ADMISSION = "admissionregistration.k8s.io"
_RBAC = "rbac.authorization.k8s.io"


def _subjects(kind: str) -> Cell:
    def read(binding: Mapping[str, Any]) -> str:
        subjects = [item for item in array_at(binding, "subjects") if item.get("kind") == kind]
        accounts = kind == "ServiceAccount"
        names = (f"{item.get('namespace') or ''}/{item['name']}" if accounts else item["name"] for item in subjects)
        return ", ".join(names)

    return read


def _param_kind(policy: Mapping[str, Any]) -> str:
    kind = object_at(policy, "spec", "paramKind")
    return f"{kind.get('apiVersion')}/{kind.get('kind')}" if kind else "<unset>"


def _param_reference(binding: Mapping[str, Any]) -> str:
    reference = object_at(binding, "spec", "paramRef")
    return f"{reference.get('namespace') or '*'}/{reference['name']}" if reference.get("name") else "<unset>"


def _served_versions(definition: Mapping[str, Any]) -> str:
    served = (item for item in array_at(definition, "spec", "versions") if item.get("served"))
    return ",".join(sorted(f"{item['name']}(storage)" if item.get("storage") else item["name"] for item in served))


def _api_service(service: Mapping[str, Any]) -> str:
    reference = object_at(service, "spec", "service")
    return f"{reference.get('namespace')}/{reference.get('name')}" if reference else "Local"


def _api_available(service: Mapping[str, Any]) -> str:
    condition = find_condition(array_at(service, "status", "conditions"), "Available")
    status = condition.get("status") or "Unknown"
    return status if status == "True" or not condition.get("reason") else f"{status} ({condition['reason']})"


def _queuing(key: str) -> Cell:
    return read_path("spec", "limited", "limitResponse", "queuing", key, default="<none>")


def _dangling(schema: Mapping[str, Any]) -> str:
    condition = find_condition(array_at(schema, "status", "conditions"), "Dangling")
    return str(condition.get("status") or "?")


_BINDING: dict[str, Cell] = {
    "Role": lambda binding: "{kind}/{name}".format_map(object_at(binding, "roleRef")),
    "Users": _subjects("User"),
    "Groups": _subjects("Group"),
    "ServiceAccounts": _subjects("ServiceAccount"),
}
_POLICY_BINDING: dict[str, Cell] = {
    "PolicyName": read_path("spec", "policyName", default=""),
    "ParamRef": _param_reference,
}
_WEBHOOKS: dict[str, Cell] = {"Webhooks": count_items("webhooks")}
POLICIES: dict[str, dict[str, Cell]] = {
    "apiservices.apiregistration.k8s.io": {"Service": _api_service, "Available": _api_available},
    f"clusterrolebindings.{_RBAC}": _BINDING,
    "customresourcedefinitions.apiextensions.k8s.io": {
        "Scope": read_path("spec", "scope"),
        "Versions": _served_versions,
        "Group": read_path("spec", "group"),
        "Kind": read_path("spec", "names", "kind"),
        "ShortNames": join_items("spec", "names", "shortNames"),
        "Established": lambda definition: is_true(definition, "Established"),
    },
    "flowschemas.flowcontrol.apiserver.k8s.io": {
        "PriorityLevel": read_path("spec", "priorityLevelConfiguration", "name", default=""),
        "MatchingPrecedence": read_path("spec", "matchingPrecedence", default=0),
        "DistinguisherMethod": read_path("spec", "distinguisherMethod", "type", default="<none>"),
        "MissingPL": _dangling,
    },
    f"mutatingadmissionpolicies.{_ADMISSION}": {
        "Mutations": count_items("spec", "mutations"),
        "ParamKind": _param_kind,
    },
    f"mutatingadmissionpolicybindings.{_ADMISSION}": _POLICY_BINDING,
    f"mutatingwebhookconfigurations.{_ADMISSION}": _WEBHOOKS,
    "priorityclasses.scheduling.k8s.io": {
        "Value": read_path("value", default=0),
        "Global-Default": read_path("globalDefault", default=False),
        "PreemptionPolicy": read_path("preemptionPolicy", default=""),
    },
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": {
        "Type": read_path("spec", "type", default=""),
        "NominalConcurrencyShares": read_path("spec", "limited", "nominalConcurrencyShares", default="<none>"),
        "Queues": _queuing("queues"),
        "HandSize": _queuing("handSize"),
        "QueueLengthLimit": _queuing("queueLengthLimit"),
    },
    f"rolebindings.{_RBAC}": _BINDING,
    f"validatingadmissionpolicies.{_ADMISSION}": {
        "Validations": count_items("spec", "validations"),
        "ParamKind": _param_kind,
    },
    f"validatingadmissionpolicybindings.{_ADMISSION}": _POLICY_BINDING,
    f"validatingwebhookconfigurations.{_ADMISSION}": _WEBHOOKS,
}
