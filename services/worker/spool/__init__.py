"""Where what is paid for lies on the worker's own disk until storage has it."""
