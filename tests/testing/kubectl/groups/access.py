"""`auth`, `certificate` and `create token`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands

GROUPS = (
    Group(
        "access",
        prepare=("create -f requests.yaml", "create serviceaccount robot"),
        commands=commands(
            "auth can-i list pods",
            by_hand("auth can-i create deployments.apps --subresource=scale"),
            "auth can-i get /healthz",
            by_hand(Command("auth can-i list pods --as=jane", "none", exit_code=1, reason=reasons.RBAC)),
            Command("auth can-i --list --no-headers", "exit", reason=reasons.RBAC),
            Command("auth whoami", "exit", reason=reasons.IDENTITY),
            by_hand("auth whoami -o jsonpath='{.kind}'"),
            by_hand("auth whoami --as=jane --as-group=developers"),
            "auth reconcile -f rbac.yaml",
            by_hand("get csr $NAMESPACE"),
            "describe csr $NAMESPACE",
            "certificate approve $NAMESPACE",
            "certificate deny $NAMESPACE-denied",
            by_hand("get csr $NAMESPACE $NAMESPACE-denied"),
            by_hand("get csr $NAMESPACE -o jsonpath='{.status.conditions[*].type}'"),
            "create token robot --audience=vault",
            "delete csr $NAMESPACE",
            by_hand(Command("get pods --as=jane", "none", exit_code=1, reason=reasons.RBAC)),
        ),
        cleanup=("delete csr $NAMESPACE $NAMESPACE-denied --ignore-not-found",),
    ),
)
