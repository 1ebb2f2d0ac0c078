# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.markers import HasStatus


class ExemptPriorityLevelConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#exemptprioritylevelconfiguration-v1-flowcontrol-apiserver-k8s-io.
    """

    lendable_percent: int | None = None
    nominal_concurrency_shares: int | None = None


class QueuingConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#queuingconfiguration-v1-flowcontrol-apiserver-k8s-io.
    """

    hand_size: int | None = None
    queue_length_limit: int | None = None
    queues: int | None = None


class LimitResponse(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#limitresponse-v1-flowcontrol-apiserver-k8s-io.
    """

    queuing: QueuingConfiguration | None = None
    type: str


class LimitedPriorityLevelConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#limitedprioritylevelconfiguration-v1-flowcontrol-apiserver-k8s-io.
    """

    borrowing_limit_percent: int | None = None
    lendable_percent: int | None = None
    limit_response: LimitResponse
    nominal_concurrency_shares: int | None = None


class PriorityLevelConfigurationSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#prioritylevelconfigurationspec-v1-flowcontrol-apiserver-k8s-io.
    """

    exempt: ExemptPriorityLevelConfiguration | None = None
    limited: LimitedPriorityLevelConfiguration | None = None
    type: str


class PriorityLevelConfigurationCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#prioritylevelconfigurationcondition-v1-flowcontrol-apiserver-k8s-io.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str | None = None
    type: str


class PriorityLevelConfigurationStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#prioritylevelconfigurationstatus-v1-flowcontrol-apiserver-k8s-io.
    """

    conditions: list[PriorityLevelConfigurationCondition] | None = None


class PriorityLevelConfiguration(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#prioritylevelconfiguration-v1-flowcontrol-apiserver-k8s-io.
    """

    __resource__ = ApiResource(
        group="flowcontrol.apiserver.k8s.io",
        version="v1",
        kind="PriorityLevelConfiguration",
        plural="prioritylevelconfigurations",
        subresources=frozenset({"status"}),
    )

    spec: PriorityLevelConfigurationSpec
    status: PriorityLevelConfigurationStatus | None = None
