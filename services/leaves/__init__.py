"""The pipeline's ports over gRPC: the only place where the worker speaks protobuf."""
