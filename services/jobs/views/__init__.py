"""What the public API shows of a job, for whoever tells clients about it."""
