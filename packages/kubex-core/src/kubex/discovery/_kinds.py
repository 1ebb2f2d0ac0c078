"""`Kinds`: the classes of a program, found by the `apiVersion` and the `kind` of an object."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from kubex.models import Resource, api_resource


class Kinds:
    """The classes of a program, found by `apiVersion` and `kind`.

    Args:
        sources: packages that kubex-codegen has generated, such as `kubex_k8s.v1_37`, and classes of kinds. A class
            has priority over a package, and a package over those after it.

    A package is not imported completely: `find()` imports only the module of the class that it returns.

    Raises:
        TypeError: an argument is neither a generated package nor the class of a kind.
        ValueError: two classes have the same `apiVersion` and `kind`.

    Example:
        import kubex_k8s.v1_37

        discovery = Discovery(client, Kinds(kubex_k8s.v1_37))
    """

    def __init__(self, *sources: ModuleType | type[Resource]) -> None:
        self._classes: dict[tuple[str, str], type[Resource]] = {}
        self._packages: list[tuple[str, Mapping[str, str]]] = []
        for source in sources:
            if isinstance(source, ModuleType):
                self._packages.append((source.__name__, _read_index(source)))
            else:
                self._add_class(source)

    def find(self, api_version: str, kind: str) -> type[Resource] | None:
        """Return the class of a kind, or None if the program does not have one.

        Example:
            import kubex_k8s.v1_37

            kinds = Kinds(kubex_k8s.v1_37)
            print(kinds.find("apps/v1", "Deployment"))
        """
        found = self._classes.get((api_version, kind))
        return found if found is not None else self._import(api_version, kind)

    def _add_class(self, model: type[Resource]) -> None:
        if not isinstance(model, type) or not issubclass(model, Resource):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"expected a generated package or the class of a kind, not {model!r}")
        resource = api_resource(model)
        other = self._classes.setdefault((resource.api_version, resource.kind), model)
        if other is not model:
            raise ValueError(
                f"{other.__module__}.{other.__qualname__} and {model.__module__}.{model.__qualname__} are both classes "
                f"of {resource.kind} in {resource.api_version}: pass one of them"
            )

    def _import(self, api_version: str, kind: str) -> type[Resource] | None:
        for package, index in self._packages:
            if location := index.get(f"{api_version}/{kind}"):
                module, _, name = location.partition(":")
                found: type[Resource] = getattr(import_module(f"{package}.{module}"), name)
                self._classes[api_version, kind] = found
                return found
        return None


def _read_index(package: ModuleType) -> Mapping[str, str]:
    name = f"{package.__name__}._kinds"
    try:
        index: Mapping[str, str] = import_module(name).KINDS
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise TypeError(
            f"{package.__name__} does not contain an index of kinds: pass a package such as kubex_k8s.v1_37, or "
            "generate yours again with kubex-codegen"
        ) from error
    return index
