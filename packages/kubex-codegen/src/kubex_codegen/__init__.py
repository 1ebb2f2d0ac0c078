"""Generate typed models from OpenAPI documents of Kubernetes API servers and from CustomResourceDefinitions."""

from kubex_codegen._cluster import fetch_document
from kubex_codegen._document import Document, parse_document
from kubex_codegen._errors import CodegenError
from kubex_codegen._generate import Options, generate
from kubex_codegen._sources import read_document
from kubex_codegen._write import write_files

__all__ = [
    "CodegenError",
    "Document",
    "Options",
    "fetch_document",
    "generate",
    "parse_document",
    "read_document",
    "write_files",
]
