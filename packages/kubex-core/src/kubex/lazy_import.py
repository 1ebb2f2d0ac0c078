"""Import the modules of a package when one of their names is first used. The generated models use this, too."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["lazy_attributes"]


def lazy_attributes(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package. The first access of a name imports its module.

    Args:
        package: the `__name__` of the package.
        modules: for each public name, the module that defines it, relative to the package.

    Type checkers need the `else:`; otherwise they accept any name.

    Example:
        if TYPE_CHECKING:
            from kubex.api import Api
        else:
            __getattr__, __dir__ = lazy_attributes(__name__, {"Api": "api"})
    """

    def get_attribute(name: str) -> object:
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"{package}.{module}"), name)
        # The next access finds the attribute and does not call this function.
        setattr(sys.modules[package], name, value)
        return value

    def list_names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return get_attribute, list_names
