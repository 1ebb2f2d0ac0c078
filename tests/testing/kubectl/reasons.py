"""Why the output of a command differs on the embedded server. The page "Test with kubectl" contains these texts."""

RBAC = "RBAC is not evaluated: each authenticated user may do everything"
CONTROLLERS = "Controllers do not create Events, and do not set the status of quotas, volumes and disruption budgets"
TIMING = "Controllers act at other times, so the progress of a rollout may be printed in other steps"
DESCRIPTIONS = "The fields of built-in kinds do not have descriptions"
NODE = "The node has another name, other resources and other conditions, and containers have other identifiers"
IDENTITY = "The server has another version, other health checks, another administrator and other objects"
MANAGED_FIELDS = "A scale that changes nothing does not change `managedFields`"
MESSAGES = "Some lines and messages are in another order, or depend on the cache of kubectl"

ALL = (RBAC, CONTROLLERS, TIMING, DESCRIPTIONS, NODE, IDENTITY, MANAGED_FIELDS, MESSAGES)
