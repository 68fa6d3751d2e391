"""One typed client for each leaf service: the only place that speaks their protobuf."""
