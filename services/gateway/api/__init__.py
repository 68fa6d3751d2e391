"""The public services: each servicer translates, the module beside it decides."""
