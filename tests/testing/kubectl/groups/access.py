"""`auth`, `certificate` and `create token`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, commands

GROUPS = (
    Group(
        "access",
        prepare=("create -f requests.yaml", "create serviceaccount robot"),
        commands=commands(
            "auth can-i list pods",
            "auth can-i create deployments.apps --subresource=scale",
            "auth can-i get /healthz",
            Command("auth can-i list pods --as=jane", "none", exit_code=1, reason=reasons.RBAC),
            Command("auth can-i --list --no-headers", "exit", reason=reasons.RBAC),
            Command("auth whoami", "exit", reason=reasons.IDENTITY),
            "auth whoami -o jsonpath='{.kind}'",
            "auth whoami --as=jane --as-group=developers",
            "auth reconcile -f rbac.yaml",
            "get csr $NAMESPACE",
            "describe csr $NAMESPACE",
            "certificate approve $NAMESPACE",
            "certificate deny $NAMESPACE-denied",
            "get csr $NAMESPACE $NAMESPACE-denied",
            "get csr $NAMESPACE -o jsonpath='{.status.conditions[*].type}'",
            "create token robot --audience=vault",
            "delete csr $NAMESPACE",
            Command("get pods --as=jane", "none", exit_code=1, reason=reasons.RBAC),
        ),
        cleanup=("delete csr $NAMESPACE $NAMESPACE-denied --ignore-not-found",),
    ),
)
