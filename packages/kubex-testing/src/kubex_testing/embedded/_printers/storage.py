"""The cells of volumes, storage classes and drivers."""

from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import array_at, object_at

from .formats import Cell, count_items, join_items, read_path, read_text

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _phase(volume: Mapping[str, Any]) -> str:
    if "deletionTimestamp" in volume["metadata"]:
        return "Terminating"
    return str(object_at(volume, "status").get("phase") or "")


def _modes(volume: Mapping[str, Any], part: str = "spec") -> str:
    modes = array_at(volume, part, "accessModes")
    return ",".join(short for mode, short in _MODES.items() if mode in modes)


def _class(volume: Mapping[str, Any]) -> str:
    annotation = object_at(volume, "metadata", "annotations").get(_CLASS_ANNOTATION)
    return annotation if annotation is not None else object_at(volume, "spec").get("storageClassName") or ""


def _claim(volume: Mapping[str, Any]) -> str:
    claim = object_at(volume, "spec", "claimRef")
    return f"{claim.get('namespace') or ''}/{claim.get('name') or ''}" if claim else ""


def _bound(claim: Mapping[str, Any]) -> bool:
    return bool(object_at(claim, "spec").get("volumeName"))


def _claim_capacity(claim: Mapping[str, Any]) -> str:
    return read_text("status", "capacity", "storage", default="0")(claim) if _bound(claim) else ""


def _token_audiences(driver: Mapping[str, Any]) -> str:
    requests = object_at(driver, "spec").get("tokenRequests")
    return "<unset>" if requests is None else ",".join(item.get("audience") or "" for item in requests)


_VOLUME: dict[str, Cell] = {
    "Status": _phase,
    "StorageClass": _class,
    "VolumeAttributesClass": read_path("spec", "volumeAttributesClassName", default="<unset>"),
    "VolumeMode": read_path("spec", "volumeMode", default="<unset>"),
}
STORAGE: dict[str, dict[str, Cell]] = {
    "csidrivers.storage.k8s.io": {
        "AttachRequired": read_path("spec", "attachRequired", default=True),
        "PodInfoOnMount": read_path("spec", "podInfoOnMount", default=False),
        "StorageCapacity": read_path("spec", "storageCapacity", default=False),
        "TokenRequests": _token_audiences,
        "RequiresRepublish": read_path("spec", "requiresRepublish", default=False),
        "Modes": join_items("spec", "volumeLifecycleModes", default="<none>"),
    },
    "csinodes.storage.k8s.io": {"Drivers": count_items("spec", "drivers")},
    "persistentvolumeclaims.": {
        **_VOLUME,
        "Volume": read_text("spec", "volumeName", default=""),
        "Capacity": _claim_capacity,
        "Access Modes": lambda claim: _modes(claim, "status") if _bound(claim) else "",
    },
    "persistentvolumes.": {
        **_VOLUME,
        "Capacity": read_text("spec", "capacity", "storage", default="0"),
        "Access Modes": _modes,
        "Reclaim Policy": read_text("spec", "persistentVolumeReclaimPolicy", default=""),
        "Claim": _claim,
        "Reason": read_text("status", "reason", default=""),
    },
    "storageclasses.storage.k8s.io": {
        "Provisioner": read_path("provisioner", default=""),
        "ReclaimPolicy": read_path("reclaimPolicy", default="Delete"),
        "VolumeBindingMode": read_path("volumeBindingMode", default="Immediate"),
        "AllowVolumeExpansion": read_path("allowVolumeExpansion", default=False),
    },
    "volumeattachments.storage.k8s.io": {
        "Attacher": read_path("spec", "attacher", default=""),
        "PV": read_path("spec", "source", "persistentVolumeName", default=""),
        "Node": read_path("spec", "nodeName", default=""),
        "Attached": read_path("status", "attached", default=False),
    },
    "volumeattributesclasses.storage.k8s.io": {"DriverName": read_path("driverName", default="")},
}
