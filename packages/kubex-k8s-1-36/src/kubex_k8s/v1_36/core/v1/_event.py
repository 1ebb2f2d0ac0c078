# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, MicroTime, Model, NamespacedResource, Time

from ._event_source import EventSource
from ._object_reference import ObjectReference


class EventSeries(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#eventseries-v1-core."""

    count: int | None = None
    last_observed_time: MicroTime | None = None


class Event(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#event-v1-core."""

    __resource__ = ApiResource(version="v1", kind="Event", plural="events")

    action: str | None = None
    count: int | None = None
    event_time: MicroTime | None = None
    first_timestamp: Time | None = None
    involved_object: ObjectReference
    last_timestamp: Time | None = None
    message: str | None = None
    reason: str | None = None
    related: ObjectReference | None = None
    reporting_component: str | None = None
    reporting_instance: str | None = None
    series: EventSeries | None = None
    source: EventSource | None = None
    type: str | None = None
