"""Which methods of an Api stand for which verb of a kind."""

from kubex.errors import UnsupportedVerbError
from kubex.models import ApiResource

_METHODS = {
    "get": ("get", "get_or_none"),
    "list": ("list", "pages", "iterate"),
    "watch": ("watch",),
    "create": ("create",),
    "update": ("replace",),
    "patch": ("patch", "apply"),
    "delete": ("delete",),
    "deletecollection": ("delete_collection",),
}
_VERB_OF = {method: verb for verb, methods in _METHODS.items() for method in methods}


def require_verb(resource: ApiResource, method: str) -> None:
    """Raise UnsupportedVerbError, which names the methods that there are, if the kind lacks the verb of this one."""
    if _VERB_OF[method] in resource.verbs:
        return
    there_are = tuple(name for verb, methods in _METHODS.items() if verb in resource.verbs for name in methods)
    raise UnsupportedVerbError(resource.kind, method, there_are)
