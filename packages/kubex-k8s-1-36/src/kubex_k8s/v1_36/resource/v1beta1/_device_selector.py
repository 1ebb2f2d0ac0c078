# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated, Any

from kubex.models import Model, NullAsEmptyDict


class CELDeviceSelector(Model):
    expression: str


class DeviceSelector(Model):
    cel: CELDeviceSelector | None = None


class OpaqueDeviceConfiguration(Model):
    driver: str
    parameters: Annotated[dict[str, Any], NullAsEmptyDict]
