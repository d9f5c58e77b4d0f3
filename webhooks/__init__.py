"""The doors for machines: the provider's webhooks, the gateways' notices, health checks."""
