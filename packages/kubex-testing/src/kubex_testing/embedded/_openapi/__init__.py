"""OpenAPI documents of the server: /openapi/v3 and /openapi/v2."""
