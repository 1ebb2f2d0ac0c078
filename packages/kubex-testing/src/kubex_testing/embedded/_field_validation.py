"""Validate the fields of a request body: types, unknown and duplicate fields."""

from kubex_testing._objects.json_types import JsonObject, array_at
from kubex_testing._objects.pruning import prune, unknown_fields
from kubex_testing._objects.schema import object_meta
from kubex_testing._objects.service_updates import service_warnings
from kubex_testing._objects.unmarshal_types import UnmarshalTypeError, check_types

from . import _errors as errors
from ._cluster import Call
from ._decode import Body
from ._options import WriteOptions
from ._registry import ResourceType
from ._type_meta import decoding_error, strategic_patch_error

_STANDARD_FINALIZERS = ("foregroundDeletion", "orphan")


def warn_about_fields(call: Call, new: JsonObject, old: JsonObject | None) -> None:
    """Add warnings for a valid object: deprecated fields, and new finalizers without a domain of custom resources."""
    if call.resource.bucket == "services." and (old is None or not call.info.subresource):
        call.warnings.extend(service_warnings(new))
    if call.resource.custom is None:
        return
    added = set(array_at(new, "metadata", "finalizers")) - set(array_at(old, "metadata", "finalizers"))
    call.warnings.extend(
        f'metadata.finalizers: "{name}": prefer a domain-qualified finalizer name to avoid accidental conflicts with '
        "other finalizer writers"
        for name in sorted(added)
        if "/" not in name and name not in _STANDARD_FINALIZERS
    )


def _conversion_error(call: Call, error: UnmarshalTypeError) -> errors.ApiError:
    """Return the error for an applied value that has the type of the schema, but not its format."""
    version = call.resource.api_version
    kind = f"{version if '/' in version else f'/{version}'}, Kind={call.resource.kind}"
    text = f"unable to convert unstructured object to {kind}: {error.conversion}"
    name = f"{call.info.namespace}/{call.info.name}"
    return errors.ApiError(500, None, f"failed to convert new object ({name}; {kind}) to proper version: {text}")


def decode_fields(
    call: Call,
    body: Body,
    options: WriteOptions,
    *,
    resource: ResourceType | None = None,
    patched: bool = False,
    strategic_patch: object = None,
    applied: bool = False,
) -> JsonObject:
    """Return the object without unknown fields.

    `fieldValidation` determines whether unknown and duplicate fields are ignored, warnings or errors. Raises 400, or
    422 if the object is the result of a patch.
    """
    resource, document = resource or call.resource, body.document
    try:
        if resource.custom is not None:
            check_types(object_meta(), document["metadata"])
        else:
            check_types(resource.schema, document)
    except UnmarshalTypeError as error:
        if strategic_patch is not None:
            raise strategic_patch_error(strategic_patch, error.conversion) from error
        if applied:
            raise _conversion_error(call, error) from error
        raise decoding_error(resource, document, str(error), patched=patched) from error
    if options.field_validation != "Ignore":
        problems = [f'unknown field "{field}"' for field in unknown_fields(resource.schema, document)]
        problems += [f'duplicate field "{field}"' for field in body.duplicates]
        if problems and options.field_validation == "Strict":
            text = f"strict decoding error: {', '.join(problems)}"
            if strategic_patch is not None:
                raise strategic_patch_error(strategic_patch, text)
            raise decoding_error(resource, document, text, patched=patched)
        call.warnings.extend(problems)
    pruned = prune(resource.schema, document)
    pruned.setdefault("metadata", {})
    return pruned
