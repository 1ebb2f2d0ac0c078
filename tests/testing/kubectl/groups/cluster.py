"""The API itself: `explain`, discovery, versions, health, and `config`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands

GROUPS = (
    Group(
        "cluster",
        commands=commands(
            Command("version", "exit", reason=reasons.IDENTITY),
            by_hand(Command("version -o json", "exit", reason=reasons.IDENTITY)),
            "cluster-info",
            by_hand("get namespaces default kube-system kube-public kube-node-lease --no-headers -o name"),
            Command("api-versions", "exit", reason=reasons.IDENTITY),
            "api-resources --sort-by=name --api-group=''",
            by_hand("api-resources --api-group=apps -o wide"),
            by_hand("api-resources --namespaced=false --verbs=list,get -o name"),
            by_hand("api-resources --categories=all"),
            by_hand(Command("explain pod", "exit", reason=reasons.DESCRIPTIONS)),
            Command("explain pod.spec.containers", "exit", reason=reasons.DESCRIPTIONS),
            by_hand(Command("explain deployment.spec.strategy --recursive", "exit", reason=reasons.DESCRIPTIONS)),
            by_hand(Command("explain cronjob --api-version=batch/v1", "exit", reason=reasons.DESCRIPTIONS)),
            Command("explain pod.spec.nodeName --output=plaintext-openapiv2", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain pod.spec.wrong", exit_code=1),
            "get --raw /healthz",
            by_hand("get --raw /livez"),
            by_hand("get --raw /readyz"),
            by_hand(Command("get --raw /readyz?verbose", "exit", reason=reasons.IDENTITY)),
            by_hand(Command("get --raw /livez?verbose", "exit", reason=reasons.IDENTITY)),
            by_hand("get --raw /livez/ping"),
            by_hand(Command("get --raw /version", "exit", reason=reasons.IDENTITY)),
            "get --raw /api",
            "get --raw /apis/apps/v1",
            by_hand(Command("get --raw /openapi/v3", "exit", reason=reasons.IDENTITY)),
            Command("get --raw /missing", exit_code=1),
            "config view --minify -o jsonpath='{.contexts[0].context.namespace}'",
            by_hand("config current-context"),
            by_hand("config get-contexts -o name"),
            by_hand("config set-context --current --namespace=default"),
            by_hand("options"),
            by_hand(Command("cluster-info dump --namespaces=$NAMESPACE", "exit", reason=reasons.IDENTITY)),
        ),
    ),
)
