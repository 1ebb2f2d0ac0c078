"""The history of the templates of StatefulSets and DaemonSets, in ControllerRevisions.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/.
"""

from collections.abc import Collection

from kubex_testing._objects.json_types import JsonObject, json_copy, json_equal, object_at
from kubex_testing.embedded._store import StoredObject

from .context import Context
from .pods import controller_reference
from .template_hash import template_hash

REVISIONS = "controllerrevisions.apps"
REVISION_HASH = "controller-revision-hash"


class History:
    """Create and delete the revisions of one kind.

    Args:
        label: the label of a revision that contains its hash.
    """

    def __init__(self, context: Context, label: str) -> None:
        self._context, self._label = context, label

    def sync(self, owner: JsonObject) -> tuple[list[JsonObject], JsonObject]:
        """Return the revisions of an object, and the one of its current template, which has the highest number."""
        revisions = self._revisions(owner)
        highest = max((item.object["revision"] for item in revisions), default=0)
        data = _data(owner)
        equal = next((item for item in reversed(revisions) if json_equal(item.object["data"], data)), None)
        if equal is None:
            equal = self._create(owner, data, highest + 1)
        elif equal.object["revision"] < highest:
            # The template is an old one again, for example after an undo.
            equal = self._context.writer.update(REVISIONS, {**equal.object, "revision": highest + 1})
        return [item.object for item in self._revisions(owner)], equal.object

    def truncate(self, owner: JsonObject, live: Collection[str]) -> None:
        """Delete the oldest revisions beyond `revisionHistoryLimit`, except for those with names in `live`."""
        unused = [item for item in self._revisions(owner) if item.object["metadata"]["name"] not in live]
        limit = owner["spec"].get("revisionHistoryLimit", 10)
        for stored in unused[: max(len(unused) - limit, 0)]:
            self._context.writer.delete(REVISIONS, stored)

    def _revisions(self, owner: JsonObject) -> list[StoredObject]:
        return sorted(self._context.children.of(owner, REVISIONS), key=lambda item: int(item.object["revision"]))

    def _create(self, owner: JsonObject, data: JsonObject, number: int) -> StoredObject:
        metadata = owner["metadata"]
        digest = template_hash(data)
        while self._context.get(REVISIONS, f"{metadata['namespace']}/{metadata['name']}-{digest}") is not None:
            digest = template_hash([data, digest])
        labels = {**object_at(owner, "spec", "template", "metadata", "labels"), self._label: digest}
        document: JsonObject = {
            "metadata": {
                "name": f"{metadata['name']}-{digest}",
                "labels": labels,
                "ownerReferences": [controller_reference(owner)],
            },
            "data": data,
            "revision": number,
        }
        if metadata.get("annotations"):
            document["metadata"]["annotations"] = dict(metadata["annotations"])
        return self._context.writer.create(REVISIONS, metadata["namespace"], document)


def template_of(revision: JsonObject) -> JsonObject:
    """Return the pod template that a revision contains."""
    template: JsonObject = json_copy(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return template


def _data(owner: JsonObject) -> JsonObject:
    # kubectl applies the data as a strategic merge patch, which must replace the complete template.
    return {"spec": {"template": {**json_copy(owner["spec"]["template"]), "$patch": "replace"}}}
