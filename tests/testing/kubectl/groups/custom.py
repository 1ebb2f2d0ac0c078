"""CustomResourceDefinitions and their objects."""

from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, commands

GROUPS = (
    Group(
        "custom",
        in_ci=False,
        prepare=("create -f widgets.yaml", "wait crd/widgets.matrix.example.com --for=condition=Established"),
        commands=commands(
            "get crd widgets.matrix.example.com",
            Command("describe crd widgets.matrix.example.com", "exit", reason=reasons.MESSAGES),
            "apply -f widget.yaml",
            "apply -f widget.yaml",
            "get widgets",
            "get wd one -o yaml",
            "get matrix",
            "describe widget one",
            Command("explain widget", "exit", reason=reasons.DESCRIPTIONS),
            "explain widget.spec",
            "explain widget.spec.parts --recursive",
            "diff -f widget.yaml",
            "apply -f widget.yaml --server-side --force-conflicts",
            """patch widget one --type=merge -p '{"spec": {"color": "green"}}'""",
            """patch widget one --subresource=status --type=merge -p '{"status": {"phase": "Done"}}'""",
            Command("""patch widget one -p '{"spec": {"color": "green"}}'""", exit_code=1),
            Command("create -f widget-wrong.yaml", exit_code=1),
            Command("edit widget one", editor="sed -i s/green/blue/"),
            "scale widget one --replicas=3",
            "get widget one -o jsonpath='{.spec.replicas}'",
            "get widget one --subresource=scale -o jsonpath='{.spec.replicas}'",
            "wait widget/one --for=jsonpath='{.status.phase}'=Done --timeout=10s",
            "label widget one size=large",
            "replace -f widget.yaml",
            "api-resources --api-group=matrix.example.com",
            "delete widget one",
            "delete -f widgets.yaml",
            Command("get widgets", "exit", exit_code=1, reason=reasons.MESSAGES),
        ),
        cleanup=("delete -f widgets.yaml --ignore-not-found",),
    ),
)
