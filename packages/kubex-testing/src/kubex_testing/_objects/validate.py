"""Validation of the built-in kinds."""

from collections.abc import Callable
from typing import TypeAlias

from .json_types import JsonObject, array_at
from .names import dns1123_label_problems, dns1123_subdomain_problems, path_segment_problems, validate_finalizer_domain
from .status_causes import StatusCause
from .validate_certificates import validate_signing_request
from .validate_claims import validate_claim, validate_controller_revision, validate_endpoints
from .validate_core import (
    validate_config_map,
    validate_event,
    validate_lease,
    validate_namespace,
    validate_secret,
)
from .validate_crd import validate_crd
from .validate_meta import NameProblems, validate_metadata
from .validate_pod import validate_pod
from .validate_roles import validate_priority_class, validate_role
from .validate_service import validate_service, validate_unnamed_service
from .validate_workloads import validate_disruption_budget, validate_job, validate_scale, validate_workload

Validator: TypeAlias = Callable[[JsonObject, JsonObject | None], list[StatusCause]]

# These kinds allow finalizers without a domain, as custom resources do.
_UNQUALIFIED_FINALIZERS_ALLOWED = frozenset(
    {
        ("", "Event"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("coordination.k8s.io", "Lease"),
        ("policy", "PodDisruptionBudget"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    }
)

# Since Kubernetes 1.36, names of services may start with a digit; before, they had to be DNS-1035 labels.
_DNS_LABEL_NAMES = frozenset({("", "Namespace"), ("", "Service"), ("apps", "StatefulSet")})
# Some of these have more rules that the embedded server does not check, such as the prefix of a ClusterTrustBundle.
_PATH_SEGMENT_NAMES = frozenset(
    {
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("networking.k8s.io", "IPAddress"),
    }
)
_VALIDATORS: dict[tuple[str, str], Validator] = {
    ("", "ConfigMap"): validate_config_map,
    ("", "Endpoints"): validate_endpoints,
    ("", "Event"): validate_event,
    ("", "Namespace"): validate_namespace,
    ("", "PersistentVolumeClaim"): validate_claim,
    ("", "Pod"): validate_pod,
    ("", "Secret"): validate_secret,
    ("", "Service"): validate_service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): validate_crd,
    ("apps", "ControllerRevision"): validate_controller_revision,
    ("apps", "DaemonSet"): validate_workload,
    ("apps", "Deployment"): validate_workload,
    ("apps", "ReplicaSet"): validate_workload,
    ("apps", "StatefulSet"): validate_workload,
    ("autoscaling", "Scale"): validate_scale,
    ("batch", "Job"): validate_job,
    ("certificates.k8s.io", "CertificateSigningRequest"): validate_signing_request,
    ("coordination.k8s.io", "Lease"): validate_lease,
    ("policy", "PodDisruptionBudget"): validate_disruption_budget,
    ("rbac.authorization.k8s.io", "ClusterRole"): validate_role,
    ("rbac.authorization.k8s.io", "Role"): validate_role,
    ("scheduling.k8s.io", "PriorityClass"): validate_priority_class,
}


def name_problems(group: str, kind: str) -> NameProblems:
    """Return the validation function for the names of a kind."""
    if group == "rbac.authorization.k8s.io" or (group, kind) in _PATH_SEGMENT_NAMES:
        return path_segment_problems
    return dns1123_label_problems if (group, kind) in _DNS_LABEL_NAMES else dns1123_subdomain_problems


def validate_builtin(group: str, kind: str, obj: JsonObject, old: JsonObject | None = None) -> list[StatusCause]:
    """Validate an object with its defaults, and its changes if there is an old one. Returns the causes of a 422."""
    if (group, kind) == ("", "Service") and old is None and (causes := validate_unnamed_service(obj)):
        return causes
    causes = validate_metadata(obj, old, name_problems(group, kind))
    if (group, kind) not in _UNQUALIFIED_FINALIZERS_ALLOWED:
        for index, finalizer in enumerate(array_at(obj, "metadata", "finalizers")):
            causes += validate_finalizer_domain(finalizer, f"metadata.finalizers[{index}]")
    validator = _VALIDATORS.get((group, kind))
    return causes + validator(obj, old) if validator else causes
