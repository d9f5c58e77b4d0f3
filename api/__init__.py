"""The doors for the company's own systems: REST under /api/v1, told by an OpenAPI document."""
