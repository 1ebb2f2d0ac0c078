"""Nodes: `cordon`, `drain`, `taint` and `top`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, commands

GROUPS = (
    Group(
        "nodes",
        prepare=("create -f node.yaml",),
        commands=commands(
            Command("get nodes", "exit", reason=reasons.NODE),
            "get node $NAMESPACE --no-headers -o custom-columns=:.metadata.name",
            Command("describe node $NAMESPACE", "exit", reason=reasons.CONTROLLERS),
            "taint node $NAMESPACE dedicated=matrix:NoSchedule",
            "taint node $NAMESPACE dedicated=other:NoSchedule --overwrite",
            "taint node $NAMESPACE dedicated:NoSchedule-",
            "label node $NAMESPACE disk=ssd",
            "get nodes -l disk=ssd -o name",
            "cordon $NAMESPACE",
            "cordon $NAMESPACE",
            "uncordon $NAMESPACE",
            "drain $NAMESPACE --force --dry-run=server",
            "drain $NAMESPACE --force --timeout=20s",
            "get pods -o name",
            "uncordon $NAMESPACE",
            Command("top node", exit_code=1),
            "delete node $NAMESPACE",
        ),
        cleanup=("delete node $NAMESPACE --ignore-not-found",),
    ),
)
