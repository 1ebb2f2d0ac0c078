"""Generate the table of built-in resources for the embedded API server.

The arguments are the documents of aggregated discovery of kube-apiserver, for /api and /apis: files, or URLs (`kubectl
proxy` serves them without TLS):

    python packages/kubex-testing/tools/generate_resource_table.py http://127.0.0.1:8001/api http://127.0.0.1:8001/apis

The server must have its default APIs. Discovery does not contain the flags; they are in this file.
"""

# This is a script, not a module of the package.

import argparse
import json
import urllib.request
from pathlib import Path
from typing import Any

import kubex_testing
from kubex_testing.embedded._resource_table import table_from_discovery

TARGET = Path(kubex_testing.__file__).parent / "embedded" / "resources.txt"
_ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

# The strategies and storages in pkg/registry of k8s.io/kubernetes define these four properties of a kind.
GENERATION = {
    "": "pods podtemplates replicationcontrollers",
    "admissionregistration.k8s.io": (
        "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations "
        "validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations"
    ),
    "apiextensions.k8s.io": "customresourcedefinitions",
    "apps": "daemonsets deployments replicasets statefulsets",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "discovery.k8s.io": "endpointslices",
    "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
    "networking.k8s.io": "ingressclasses ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
    "resource.k8s.io": "deviceclasses devicetaintrules resourceslices",
    "scheduling.k8s.io": "priorityclasses",
}
CREATE_ON_UPDATE = {
    "": "endpoints events limitranges services",
    "coordination.k8s.io": "leases",
    "events.k8s.io": "events",
    "node.k8s.io": "runtimeclasses",
    "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
}
NEEDS_REVISION = {
    "admissionregistration.k8s.io": GENERATION["admissionregistration.k8s.io"],
    "apiextensions.k8s.io": "customresourcedefinitions",
    "apiregistration.k8s.io": "apiservices",
    "certificates.k8s.io": "clustertrustbundles podcertificaterequests",
    "coordination.k8s.io": "leases",
    "node.k8s.io": "runtimeclasses",
    "policy": "poddisruptionbudgets",
    "resource.k8s.io": "devicetaintrules",
    "storage.k8s.io": "csidrivers csinodes csistoragecapacities volumeattachments",
    "storagemigration.k8s.io": "storageversionmigrations",
}
RETURNS_DELETED = {
    "": (
        "namespaces persistentvolumeclaims persistentvolumes pods podtemplates resourcequotas serviceaccounts services"
    ),
    "resource.k8s.io": "deviceclasses resourceclaims resourceclaimtemplates resourceslices",
    "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments volumeattributesclasses",
}
# The API version in etcd if it is not the served one. Discovery without aggregation contains a hash of it.
STORAGE = {
    "apiextensions.k8s.io/v1beta1": "customresourcedefinitions",
    "autoscaling/v2": "horizontalpodautoscalers",
    "certificates.k8s.io/v1beta1": "clustertrustbundles podcertificaterequests",
    "resource.k8s.io/v1beta2": "devicetaintrules",
    "storagemigration.k8s.io/v1beta1": "storageversionmigrations",
}


def resource_flags() -> dict[str, list[str]]:
    """Return the flags of each resource. The keys are `plural.group`."""
    flags: dict[str, list[str]] = {}
    facts = {
        "generation": GENERATION,
        "create-on-update": CREATE_ON_UPDATE,
        "needs-revision": NEEDS_REVISION,
        "returns-deleted": RETURNS_DELETED,
    }
    for flag, groups in facts.items():
        for group, plurals in groups.items():
            for plural in plurals.split():
                flags.setdefault(f"{plural}.{group}", []).append(flag)
    for api_version, plurals in STORAGE.items():
        for plural in plurals.split():
            key = f"{plural}.{api_version.partition('/')[0]}"
            flags.setdefault(key, []).append(f"storage={api_version}")
    flags.setdefault("events.events.k8s.io", []).append("storage=v1")
    return flags


def read(source: str) -> Any:
    """Return the document of a file or a URL."""
    if source.startswith(("http://", "https://")):
        request = urllib.request.Request(source, headers={"Accept": _ACCEPT})  # noqa: S310  # checked above
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return json.load(response)
    return json.loads(Path(source).read_text("utf-8"))


def main() -> None:
    """Read the documents and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs=2, help="a file or an http(s) URL for /api, and one for /apis")
    parser.add_argument(
        "--output", type=Path, default=TARGET, help="the output file (default: the table in the package)"
    )
    arguments = parser.parse_args()
    table = table_from_discovery([read(source) for source in arguments.documents], resource_flags())
    arguments.output.write_text(table, "utf-8")


if __name__ == "__main__":
    main()
