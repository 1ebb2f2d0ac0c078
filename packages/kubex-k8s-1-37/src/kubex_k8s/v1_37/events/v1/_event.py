# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, MicroTime, Model, NamespacedResource, Time

from ...core.v1._event_source import EventSource
from ...core.v1._object_reference import ObjectReference


class EventSeries(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#eventseries-v1-events-k8s-io."""

    count: int
    last_observed_time: MicroTime | None


class Event(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#event-v1-events-k8s-io."""

    __resource__ = ApiResource(group="events.k8s.io", version="v1", kind="Event", plural="events")

    action: str | None = None
    deprecated_count: int | None = None
    deprecated_first_timestamp: Time | None = None
    deprecated_last_timestamp: Time | None = None
    deprecated_source: EventSource | None = None
    event_time: MicroTime | None
    note: str | None = None
    reason: str | None = None
    regarding: ObjectReference | None = None
    related: ObjectReference | None = None
    reporting_controller: str | None = None
    reporting_instance: str | None = None
    series: EventSeries | None = None
    type: str | None = None
