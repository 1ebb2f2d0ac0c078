"""Convert documents to objects of the classes of a program."""

from collections.abc import Iterable

from pydantic import ValidationError

from kubex.discovery import Kinds
from kubex.errors import NoSuchKind
from kubex.manifests._document import Document
from kubex.models import Resource
from kubex.models._errors import decode_error


def objects(documents: Iterable[Document], kinds: Kinds) -> list[Resource]:
    """Return the objects of documents, each of the class of its kind.

    Args:
        documents: the documents that `load()` returns.
        kinds: the classes, such as `Kinds(kubex_k8s.v1_37, MyWidget)`.

    Raises:
        NoSuchKind: `kinds` has no class for some documents. The error lists them all. `Discovery.kind()` also returns
            classes for kinds without a model.
        DecodeError: a document does not fit the class of its kind.

    Example:
        import kubex_k8s.v1_37
        from kubex.discovery import Kinds

        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}")
        for item in objects(documents, Kinds(kubex_k8s.v1_37)):
            print(type(item), item.metadata.name)
    """
    found = [(document, kinds.find(document.api_version, document.kind)) for document in documents]
    missing = [f"{each.api_version} {each}" for each, model in found if model is None]
    if missing:
        remedy = "add the classes to Kinds, or use Discovery.kind()"
        raise NoSuchKind(", ".join(missing), searched="the argument `kinds`", remedy=remedy)
    return [_object(document, model) for document, model in found if model is not None]


def _object(document: Document, model: type[Resource]) -> Resource:
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise decode_error(error, str(document)) from error
