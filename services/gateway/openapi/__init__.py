"""Makes the OpenAPI document of the REST surface from the contracts."""
