# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Base64, Model


class RuleWithOperations(Model):
    api_groups: list[str] | None = None
    api_versions: list[str] | None = None
    operations: list[str] | None = None
    resources: list[str] | None = None
    scope: str | None = None


class ServiceReference(Model):
    name: str
    namespace: str
    path: str | None = None
    port: int | None = None


class WebhookClientConfig(Model):
    ca_bundle: Base64 | None = None
    service: ServiceReference | None = None
    url: str | None = None
