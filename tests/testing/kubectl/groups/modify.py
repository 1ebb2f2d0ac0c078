"""`patch`, `label`, `annotate`, `set`, `scale`, `expose` and `autoscale`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands

GROUPS = (
    Group(
        "modify",
        prepare=(
            "create -f settings.yaml -f idle.yaml -f jobs.yaml -f pending.yaml",
            "create serviceaccount robot",
            "create rolebinding reader --clusterrole=view --user=jane",
        ),
        commands=commands(
            """patch configmap settings -p '{"data": {"color": "red"}}'""",
            """patch configmap settings --type=merge -p '{"data": {"size": null}}'""",
            """patch configmap settings --type=json -p '[{"op": "add", "path": "/data/shape", "value": "round"}]'""",
            """patch deployment idle --subresource=status --type=merge -p '{"status": {"collisionCount": 1}}'""",
            Command(
                """patch deployment idle --subresource=scale --type=merge -p '{"spec": {"replicas": 0}}'""",
                "exit",
                reason=reasons.MANAGED_FIELDS,
            ),
            """patch configmap settings -p '{"data": {"color": "red"}}'""",
            by_hand("""patch -f settings.yaml --local -p '{"data": {"color": "pink"}}' --type=merge -o yaml"""),
            by_hand("get configmap settings -o yaml"),
            by_hand("label configmap settings tier=back --overwrite"),
            "label configmap settings owner=me",
            by_hand("label configmap settings owner-"),
            by_hand("label configmap --all color=blue"),
            by_hand(Command("label configmap settings --list", "lines")),
            Command("label configmap settings tier=other", exit_code=1),
            "annotate configmap settings note=text",
            by_hand("annotate configmap settings note-"),
            by_hand(Command("annotate configmap settings --list", "lines")),
            "set image deployment/idle main=example/web:2",
            by_hand("set env deployment/idle COLOR=green SIZE-"),
            by_hand("set env deployment/idle --list"),
            by_hand("set env deployment/idle --from=configmap/settings --keys=color --prefix=SETTINGS_"),
            by_hand("set resources deployment idle --limits=memory=64Mi --requests=cpu=10m"),
            by_hand("set serviceaccount deployment idle robot"),
            "set subject rolebinding reader --user=joe",
            by_hand(Command("get deployment idle -o yaml", "exit", reason=reasons.TIMING)),
            "scale deployment idle --replicas=0 --current-replicas=0",
            by_hand(Command("scale deployment idle --replicas=1 --current-replicas=5", exit_code=1)),
            "expose deployment idle --port=80 --target-port=http",
            by_hand("expose pod pending --port=80 --name=other"),
            by_hand("get service other -o jsonpath='{.spec.selector} {.spec.ports[0].port}'"),
            by_hand("set selector service other app=web"),
            "autoscale deployment idle --min=1 --max=3 --cpu=80%",
            by_hand("get hpa idle -o jsonpath='{.spec.maxReplicas}'"),
            "get hpa.v1.autoscaling idle -o jsonpath='{.spec.maxReplicas}'",
        ),
    ),
)
