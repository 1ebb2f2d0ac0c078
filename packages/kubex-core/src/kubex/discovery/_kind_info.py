"""The properties of a kind that API discovery returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KindInfo:
    """A kind that the server has, in one version: a row of `kubectl api-resources`.

    Attributes:
        group: the API group, empty for the core group.
        version: the version, such as `v1`.
        kind: the kind, such as `Deployment`.
        plural: the name in URLs, such as `deployments`.
        singular: the name for one object, such as `deployment`.
        namespaced: whether objects belong to a namespace.
        short_names: abbreviations, such as `deploy`.
        categories: names for several kinds, such as `all`.
        verbs: what the server supports, such as `list`.
        subresources: their names, such as `status`.
    """

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """The `apiVersion` of objects: `v1` for the core group, otherwise such as `apps/v1`."""
        return join_api_version(self.group, self.version)

    @property
    def group_resource(self) -> str:
        """The plural and the group, such as `deployments.apps`; only the plural for the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def join_api_version(group: str, version: str) -> str:
    """Return the `apiVersion` of a group and a version."""
    return f"{group}/{version}" if group else version
