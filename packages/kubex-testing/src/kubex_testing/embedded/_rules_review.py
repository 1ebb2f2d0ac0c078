"""SelfSubjectRulesReview: the permissions of a user in a namespace, as lists of rules."""

from dataclasses import replace
from typing import Any

from ._auth import Authorizer
from ._messages import Identity
from ._registry import Registry
from ._request_info import RequestInfo

_NON_RESOURCE_PATHS = ("/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version")
_ALL_RULES = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}


def rules_review_status(registry: Registry, authorizer: Authorizer, user: Identity, namespace: str) -> dict[str, Any]:
    """Return the status of a SelfSubjectRulesReview.

    With an `authorize` hook the rules are incomplete, because the hook is called only for the existing resources.
    """
    if authorizer.hook is None and authorizer.allows(user, RequestInfo("", "*", is_resource=True)):
        return _ALL_RULES
    paths = [path for path in _NON_RESOURCE_PATHS if authorizer.allows(user, RequestInfo(path, "get"))]
    return {
        "resourceRules": _resource_rules(registry, authorizer, user, namespace),
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": paths}] if paths else [],
        "incomplete": True,
        "evaluationError": "the authorize hook of this server was evaluated for resources only, not for single objects",
    }


def _resource_rules(registry: Registry, authorizer: Authorizer, user: Identity, namespace: str) -> list[dict[str, Any]]:
    """Return the rules, one for all resources of a group with the same allowed verbs."""
    rules: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for resource in registry:
        parts = [("", resource.verbs), *((item.name, item.verbs) for item in resource.subresources)]
        for subresource, verbs in parts:
            info = RequestInfo(
                "",
                "",
                is_resource=True,
                group=resource.group,
                version=resource.version,
                namespace=namespace if resource.namespaced else "",
                plural=resource.plural,
                subresource=subresource,
            )
            allowed = tuple(verb for verb in verbs if authorizer.allows(user, replace(info, verb=verb)))
            name = f"{resource.plural}/{subresource}" if subresource else resource.plural
            rules.setdefault((resource.group, allowed), []).append(name)
    return [
        {"verbs": list(verbs), "apiGroups": [group], "resources": names}
        for (group, verbs), names in rules.items()
        if verbs
    ]
