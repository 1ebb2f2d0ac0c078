"""The models for the volumes of a Pod."""

from pydantic import Field

from benchmarks.pods._common import (
    KeyToPath,
    LabelSelector,
    LocalObjectReference,
    ObjectFieldSelector,
    ResourceFieldSelector,
    ResourceRequirements,
)
from kubex import Model


class ConfigMapVolumeSource(Model):
    name: str | None = None
    default_mode: int | None = None
    items: list[KeyToPath] | None = None
    optional: bool | None = None


class SecretVolumeSource(Model):
    secret_name: str | None = None
    default_mode: int | None = None
    items: list[KeyToPath] | None = None
    optional: bool | None = None


class DownwardAPIVolumeFile(Model):
    path: str
    field_ref: ObjectFieldSelector | None = None
    mode: int | None = None
    resource_field_ref: ResourceFieldSelector | None = None


class DownwardAPIVolumeSource(Model):
    default_mode: int | None = None
    items: list[DownwardAPIVolumeFile] | None = None


class ServiceAccountTokenProjection(Model):
    path: str
    audience: str | None = None
    expiration_seconds: int | None = None


class VolumeProjection(Model):
    config_map: ConfigMapVolumeSource | None = None
    downward_api: DownwardAPIVolumeSource | None = Field(default=None, alias="downwardAPI")
    secret: ConfigMapVolumeSource | None = None
    service_account_token: ServiceAccountTokenProjection | None = None


class ProjectedVolumeSource(Model):
    default_mode: int | None = None
    sources: list[VolumeProjection] | None = None


class EmptyDirVolumeSource(Model):
    medium: str | None = None
    size_limit: str | None = None


class HostPathVolumeSource(Model):
    path: str
    type: str | None = None


class PersistentVolumeClaimVolumeSource(Model):
    claim_name: str
    read_only: bool | None = None


class CSIVolumeSource(Model):
    driver: str
    fs_type: str | None = None
    node_publish_secret_ref: LocalObjectReference | None = None
    read_only: bool | None = None
    volume_attributes: dict[str, str] | None = None


class NFSVolumeSource(Model):
    path: str
    server: str
    read_only: bool | None = None


class PersistentVolumeClaimSpec(Model):
    access_modes: list[str] | None = None
    resources: ResourceRequirements | None = None
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_mode: str | None = None
    volume_name: str | None = None


class PersistentVolumeClaimTemplate(Model):
    spec: PersistentVolumeClaimSpec


class EphemeralVolumeSource(Model):
    volume_claim_template: PersistentVolumeClaimTemplate | None = None


class ImageVolumeSource(Model):
    pull_policy: str | None = None
    reference: str | None = None


class Volume(Model):
    name: str
    config_map: ConfigMapVolumeSource | None = None
    csi: CSIVolumeSource | None = None
    downward_api: DownwardAPIVolumeSource | None = Field(default=None, alias="downwardAPI")
    empty_dir: EmptyDirVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    host_path: HostPathVolumeSource | None = None
    image: ImageVolumeSource | None = None
    nfs: NFSVolumeSource | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    projected: ProjectedVolumeSource | None = None
    secret: SecretVolumeSource | None = None
