"""Nodes: `cordon`, `drain`, `taint` and `top`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands

GROUPS = (
    Group(
        "nodes",
        prepare=("create -f node.yaml",),
        commands=commands(
            Command("get nodes", "exit", reason=reasons.NODE),
            "get node $NAMESPACE --no-headers -o custom-columns=:.metadata.name",
            Command("describe node $NAMESPACE", "exit", reason=reasons.CONTROLLERS),
            "taint node $NAMESPACE dedicated=matrix:NoSchedule",
            by_hand("taint node $NAMESPACE dedicated=other:NoSchedule --overwrite"),
            "taint node $NAMESPACE dedicated:NoSchedule-",
            by_hand("label node $NAMESPACE disk=ssd"),
            by_hand("get nodes -l disk=ssd -o name"),
            "cordon $NAMESPACE",
            by_hand("cordon $NAMESPACE"),
            "uncordon $NAMESPACE",
            by_hand("drain $NAMESPACE --force --dry-run=server"),
            "drain $NAMESPACE --force --timeout=20s",
            by_hand("get pods -o name"),
            "uncordon $NAMESPACE",
            Command("top node", exit_code=1),
            "delete node $NAMESPACE",
        ),
        cleanup=("delete node $NAMESPACE --ignore-not-found",),
    ),
)
