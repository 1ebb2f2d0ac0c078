# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.fields import NullAsEmpty, json_aliases
from kubex.models.markers import HasStatus


class ServerStorageVersion(Model, alias_generator=json_aliases(api_server_id="apiServerID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#serverstorageversion-v1alpha1-internal-apiserver-k8s-io.
    """

    api_server_id: str
    decodable_versions: Annotated[list[str], NullAsEmpty]
    encoding_version: str
    served_versions: list[str] | None = None


class StorageVersionSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversionspec-v1alpha1-internal-apiserver-k8s-io.
    """


class StorageVersionCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversioncondition-v1alpha1-internal-apiserver-k8s-io.
    """

    last_transition_time: Time | None = None
    message: str
    observed_generation: int | None = None
    reason: str
    status: str
    type: str


class StorageVersionStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversionstatus-v1alpha1-internal-apiserver-k8s-io.
    """

    common_encoding_version: str | None = None
    conditions: list[StorageVersionCondition] | None = None
    storage_versions: list[ServerStorageVersion] | None = None


class StorageVersion(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversion-v1alpha1-internal-apiserver-k8s-io.
    """

    __resource__ = ApiResource(
        group="internal.apiserver.k8s.io",
        version="v1alpha1",
        kind="StorageVersion",
        plural="storageversions",
        subresources=frozenset({"status"}),
    )

    spec: StorageVersionSpec | None = None
    status: StorageVersionStatus | None = None
