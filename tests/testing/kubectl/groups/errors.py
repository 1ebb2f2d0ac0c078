"""Errors of the server."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, commands

GROUPS = (
    Group(
        "errors",
        in_ci=False,
        prepare=("create -f settings.yaml -f idle.yaml",),
        commands=commands(
            *(
                Command(line, exit_code=1)
                for line in (
                    "get configmap missing",
                    "get missingkind",
                    "get configmap settings -o jsonpath='{'",
                    "create -f settings.yaml",
                    "create -f unknown-field.yaml",
                    "create configmap Wrong_Name",
                    "create deployment web --image=' '",
                    "create configmap x --from-literal=a=1 --namespace=missing",
                    "delete configmap missing",
                    """patch deployment idle -p '{"spec": {"replicas": -1}}'""",
                    """patch deployment idle -p '{"spec": {"selector": {"matchLabels": {"a": "b"}}}}'""",
                    """patch configmap settings --type=json -p '[{"op": "remove", "path": "/data/missing"}]'""",
                    "scale deployment missing --replicas=1",
                    "rollout undo deployment/idle --to-revision=9",
                    "logs missing",
                    "exec missing -- true",
                    "wait configmap/settings --for=condition=Ready --timeout=0",
                    "get configmaps --field-selector=data.color=blue",
                    "replace -f pod.yaml",
                    "label configmap settings 'wrong label=x'",
                    "create token missing",
                )
            ),
            Command(
                """patch configmap settings --type=merge -p '{"data": {"a": 1}}'""",
                "exit",
                exit_code=1,
                reason=reasons.MESSAGES,
            ),
        ),
    ),
)
