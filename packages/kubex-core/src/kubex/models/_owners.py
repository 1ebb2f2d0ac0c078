"""Owner references: an object is deleted after its owners were deleted.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/.
"""

from kubex.models._object_meta import OwnerReference
from kubex.models._resource import NamespacedResource, Resource, api_resource


def owner_reference(owner: Resource, *, controller: bool = True, block_owner_deletion: bool = True) -> OwnerReference:
    """Return a reference to an owner, for `metadata.owner_references` of other objects.

    `set_owner()` adds it to an object, and checks that the server can use it.

    Args:
        owner: an object that the server returned, so it has a uid.
        controller: whether the owner manages the object, as a Deployment manages its ReplicaSets.
        block_owner_deletion: whether a deletion of the owner with the policy "Foreground" waits until the object is
            deleted. Some clusters allow this only to programs that may update the finalizers of the owner.

    Raises:
        ValueError: the owner does not have a name or a uid.
        TypeError: the class of the owner does not have a kind. Objects of `api.metadata` cannot be owners.

    Example:
        settings = await config_maps.get("settings")
        reference = owner_reference(settings, controller=False)
        assert (reference.kind, reference.name) == ("ConfigMap", "settings")
    """
    if type(owner).__resource__ is None:
        raise TypeError(
            f"the class {type(owner).__name__} of the owner does not have a __resource__ with the kind: read the owner "
            "with a class that has one, such as a generated class or dynamic_resource()"
        )
    resource = api_resource(type(owner))
    return OwnerReference(
        api_version=resource.api_version,
        kind=resource.kind,
        name=_required(owner, "name"),
        uid=_required(owner, "uid"),
        controller=controller,
        block_owner_deletion=block_owner_deletion,
    )


def set_owner(obj: Resource, owner: Resource, *, controller: bool = True, block_owner_deletion: bool = True) -> bool:
    """Make an object a dependent of an owner. Return whether the object has changed.

    The server deletes the object after all its owners were deleted. This function changes only the Python object: pass
    it to `create()`, `replace()` or `apply()` afterwards. Other owners stay. A reference to an owner of the same group,
    kind and name is replaced, because a new owner with this name has another uid.

    If the object does not have a namespace, it gets the namespace of the owner, so `create()` raises NamespaceError for
    another one.

    Args:
        obj: the object that is deleted together with the owner.
        owner: an object that the server returned, so it has a uid.
        controller: see `owner_reference()`. An object has at most one controller.
        block_owner_deletion: see `owner_reference()`.

    Raises:
        ValueError: the owner does not have a name or a uid, the object has another controller, the owner is the object,
            or the owner is in a namespace that is not the namespace of the object. A server accepts an owner in another
            namespace, and deletes the object or never deletes it.
        TypeError: the class of the owner does not have a kind. Objects of `api.metadata` cannot be owners.

    Example:
        settings = await config_maps.get("settings")
        backup = ConfigMap(metadata=ObjectMeta(name="backup"), data=settings.data)
        set_owner(backup, settings)
        await config_maps.create(backup)
    """
    reference = owner_reference(owner, controller=controller, block_owner_deletion=block_owner_deletion)
    if obj.metadata.uid == reference.uid:
        raise ValueError(f"{_description(obj)} cannot be its own owner: pass another object as the owner")
    current = controller_of(obj)
    if controller and current is not None and not _same_owner(current, reference):
        raise ValueError(
            f"{_description(obj)} already has the controller {current.kind} {current.name}: pass controller=False to "
            "add an owner that is not the controller"
        )
    namespace = _common_namespace(obj, owner)
    references = obj.metadata.owner_references or []
    replaced = _with_reference(references, reference)
    if replaced == references and obj.metadata.namespace == namespace:
        return False
    obj.metadata.owner_references = replaced
    obj.metadata.namespace = namespace
    return True


def controller_of(obj: Resource) -> OwnerReference | None:
    """Return the reference to the owner that manages an object, or None if it does not have a controller.

    Example:
        pod = await pods.get("web-0")
        assert controller_of(pod) is None
    """
    return next((reference for reference in obj.metadata.owner_references or () if reference.controller), None)


def is_owned_by(obj: Resource, owner: Resource) -> bool:
    """Return whether an owner of an object is `owner`, which is compared by its uid.

    Raises:
        ValueError: the owner does not have a uid.

    Example:
        pod, settings = await pods.get("web-0"), await config_maps.get("settings")
        assert not is_owned_by(pod, settings)
    """
    uid = _required(owner, "uid")
    return any(reference.uid == uid for reference in obj.metadata.owner_references or ())


def _required(owner: Resource, field: str) -> str:
    value: str | None = getattr(owner.metadata, field)
    if not value:
        raise ValueError(
            f"the owner {_description(owner)} does not have a {field}: create it first, and pass the object that "
            "create() or get() returns"
        )
    return value


def _common_namespace(obj: Resource, owner: Resource) -> str | None:
    """Return the namespace that the object must have; raise ValueError if the owner is in another one."""
    namespace = obj.metadata.namespace
    if not isinstance(owner, NamespacedResource):
        return namespace
    if not isinstance(obj, NamespacedResource):
        raise ValueError(
            f"{_description(obj)} is cluster-scoped, and the owner {_description(owner)} is namespaced: the owner of a "
            "cluster-scoped object must be cluster-scoped"
        )
    required = _required(owner, "namespace")
    if namespace and namespace != required:
        raise ValueError(
            f"{_description(obj)} is in the namespace {namespace}, and the owner {_description(owner)} in {required}: "
            "an owner must be in the same namespace or cluster-scoped"
        )
    return required


def _with_reference(references: list[OwnerReference], reference: OwnerReference) -> list[OwnerReference]:
    """Return the references with a new one, in the place of an earlier reference to the same owner."""
    same = [index for index, other in enumerate(references) if _same_owner(other, reference)]
    others = [other for index, other in enumerate(references) if index not in same]
    position = same[0] if same else len(others)
    return [*others[:position], reference, *others[position:]]


def _same_owner(first: OwnerReference, second: OwnerReference) -> bool:
    """Return whether two references name the same object. The versions of its kind can differ."""
    return _identity(first) == _identity(second)


def _identity(reference: OwnerReference) -> tuple[str, str, str]:
    return reference.api_version.rpartition("/")[0], reference.kind, reference.name


def _description(obj: Resource) -> str:
    return f"{obj.kind or type(obj).__name__} {obj.metadata.name or obj.metadata.generate_name or 'without a name'}"
