"""`describe` for the built-in kinds, and their columns."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands

OBJECTS = (
    "create serviceaccount robot",
    "create -f settings.yaml -f several.yaml -f event.yaml -f pending.yaml -f idle.yaml -f jobs.yaml",
    "create -f network.yaml -f policies.yaml -f rbac.yaml -f storage.yaml -f agent.yaml",
)

GROUPS = (
    Group(
        "describe",
        prepare=OBJECTS,
        commands=commands(
            Command("describe configmap settings", "lines"),
            Command("describe secret second", "lines"),
            "describe serviceaccount robot",
            Command("describe namespace $NAMESPACE", "exit", reason=reasons.CONTROLLERS),
            "describe event settings.1",
            "describe pod pending",
            Command("describe deployment idle", "exit", reason=reasons.CONTROLLERS),
            "describe replicaset -l app=idle",
            Command("describe daemonset agent", "exit", reason=reasons.CONTROLLERS),
            Command("describe job backup", "exit", reason=reasons.CONTROLLERS),
            "describe cronjob nightly",
            "describe service web",
            "describe endpointslice manual",
            "describe ingress web",
            "describe networkpolicy deny",
            Command("describe hpa web", "exit", reason=reasons.CONTROLLERS),
            Command("describe pdb web", "exit", reason=reasons.CONTROLLERS),
            by_hand("describe limitrange limits"),
            by_hand(Command("describe resourcequota quota", "exit", reason=reasons.CONTROLLERS)),
            by_hand("describe role reader"),
            by_hand("describe rolebinding reader"),
            by_hand("describe lease leader"),
            by_hand(Command("describe pv $NAMESPACE", "exit", reason=reasons.CONTROLLERS)),
            by_hand(Command("describe pvc data", "exit", reason=reasons.CONTROLLERS)),
            by_hand("describe storageclass $NAMESPACE"),
            by_hand("describe priorityclass $NAMESPACE"),
            by_hand(Command("describe -f settings.yaml", "lines")),
        ),
        cleanup=("delete -f storage.yaml --wait=false",),
    ),
    Group(
        "columns",
        in_ci=False,
        prepare=OBJECTS,
        commands=commands(
            "get serviceaccounts,services,ingresses,networkpolicies,roles,rolebindings",
            "get jobs,cronjobs,daemonsets",
            "get hpa,pdb",
            "get leases,limitranges",
            Command("get quota", "exit", reason=reasons.CONTROLLERS),
            Command("get pv $NAMESPACE", "exit", reason=reasons.CONTROLLERS),
            "get pvc",
            "get storageclass $NAMESPACE",
            "get priorityclass $NAMESPACE",
            "get endpointslices manual",
        ),
        cleanup=("delete -f storage.yaml --wait=false",),
    ),
)
