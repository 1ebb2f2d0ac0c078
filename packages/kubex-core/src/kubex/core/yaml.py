"""Read YAML by the rules of kubectl and of the API server: YAML 1.1 as Go reads it, within limits.

Importing this module imports PyYAML.
"""

from collections.abc import Iterator

from kubex.core._yaml_composer import Composer, RepeatedKey, YAMLContentError, YAMLDocument, YAMLLimits

__all__ = ["RepeatedKey", "YAMLContentError", "YAMLDocument", "YAMLLimits", "read_yaml", "read_yaml_documents"]


def read_yaml(content: bytes | str, limits: YAMLLimits, *, several_documents: bool = False) -> YAMLDocument:
    """Read the first document; an empty stream is null.

    Keys are text, dates are text, and whole numbers are integers. The last value of a repeated key counts. Values of
    aliases are shared objects. With `several_documents`, further documents are not read; otherwise they are an error.
    Raises YAMLContentError, and `yaml.YAMLError` or ValueError for invalid syntax, whose text can quote the content.
    """
    documents = Composer(limits, several_documents=several_documents).documents(content)
    first = next(documents, YAMLDocument())
    if not several_documents:
        next(documents, None)  # raises the error
    return first


def read_yaml_documents(content: bytes | str, limits: YAMLLimits) -> Iterator[YAMLDocument]:
    """Read all documents of a stream, by the rules of `read_yaml`. The limits apply to each document."""
    return Composer(limits, several_documents=True).documents(content)
