"""The API itself: `explain`, discovery, versions, health, and `config`."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, commands

GROUPS = (
    Group(
        "cluster",
        commands=commands(
            Command("version", "exit", reason=reasons.IDENTITY),
            Command("version -o json", "exit", reason=reasons.IDENTITY),
            "cluster-info",
            "get namespaces default kube-system kube-public kube-node-lease --no-headers -o name",
            Command("api-versions", "exit", reason=reasons.IDENTITY),
            "api-resources --sort-by=name --api-group=''",
            "api-resources --api-group=apps -o wide",
            "api-resources --namespaced=false --verbs=list,get -o name",
            "api-resources --categories=all",
            Command("explain pod", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain pod.spec.containers", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain deployment.spec.strategy --recursive", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain cronjob --api-version=batch/v1", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain pod.spec.nodeName --output=plaintext-openapiv2", "exit", reason=reasons.DESCRIPTIONS),
            Command("explain pod.spec.wrong", exit_code=1),
            "get --raw /healthz",
            "get --raw /livez",
            "get --raw /readyz",
            Command("get --raw /readyz?verbose", "exit", reason=reasons.IDENTITY),
            Command("get --raw /livez?verbose", "exit", reason=reasons.IDENTITY),
            "get --raw /livez/ping",
            Command("get --raw /version", "exit", reason=reasons.IDENTITY),
            "get --raw /api",
            "get --raw /apis/apps/v1",
            Command("get --raw /openapi/v3", "exit", reason=reasons.IDENTITY),
            Command("get --raw /missing", exit_code=1),
            "config view --minify -o jsonpath='{.contexts[0].context.namespace}'",
            "config current-context",
            "config get-contexts -o name",
            "config set-context --current --namespace=default",
            "options",
            Command("cluster-info dump --namespaces=$NAMESPACE", "exit", reason=reasons.IDENTITY),
        ),
    ),
)
