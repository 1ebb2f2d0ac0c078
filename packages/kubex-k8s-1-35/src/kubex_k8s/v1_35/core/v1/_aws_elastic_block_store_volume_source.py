# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model
from kubex.models.fields import json_aliases


class AWSElasticBlockStoreVolumeSource(Model, alias_generator=json_aliases(volume_id="volumeID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#awselasticblockstorevolumesource-v1-core.
    """

    fs_type: str | None = None
    partition: int | None = None
    read_only: bool | None = None
    volume_id: str


class AzureDiskVolumeSource(Model, alias_generator=json_aliases(disk_uri="diskURI")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#azurediskvolumesource-v1-core."""

    caching_mode: str | None = None
    disk_name: str
    disk_uri: str
    fs_type: str | None = None
    kind: str | None = None
    read_only: bool | None = None


class FCVolumeSource(Model, alias_generator=json_aliases(target_wwns="targetWWNs")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#fcvolumesource-v1-core."""

    fs_type: str | None = None
    lun: int | None = None
    read_only: bool | None = None
    target_wwns: list[str] | None = None
    wwids: list[str] | None = None


class FlockerVolumeSource(Model, alias_generator=json_aliases(dataset_uuid="datasetUUID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flockervolumesource-v1-core."""

    dataset_name: str | None = None
    dataset_uuid: str | None = None


class GCEPersistentDiskVolumeSource(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#gcepersistentdiskvolumesource-v1-core.
    """

    fs_type: str | None = None
    partition: int | None = None
    pd_name: str
    read_only: bool | None = None


class HostPathVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#hostpathvolumesource-v1-core."""

    path: str
    type: str | None = None


class NFSVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#nfsvolumesource-v1-core."""

    path: str
    read_only: bool | None = None
    server: str


class PhotonPersistentDiskVolumeSource(Model, alias_generator=json_aliases(pd_id="pdID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#photonpersistentdiskvolumesource-v1-core.
    """

    fs_type: str | None = None
    pd_id: str


class PortworxVolumeSource(Model, alias_generator=json_aliases(volume_id="volumeID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#portworxvolumesource-v1-core."""

    fs_type: str | None = None
    read_only: bool | None = None
    volume_id: str


class QuobyteVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#quobytevolumesource-v1-core."""

    group: str | None = None
    read_only: bool | None = None
    registry: str
    tenant: str | None = None
    user: str | None = None
    volume: str


class VsphereVirtualDiskVolumeSource(Model, alias_generator=json_aliases(storage_policy_id="storagePolicyID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#vspherevirtualdiskvolumesource-v1-core.
    """

    fs_type: str | None = None
    storage_policy_id: str | None = None
    storage_policy_name: str | None = None
    volume_path: str
