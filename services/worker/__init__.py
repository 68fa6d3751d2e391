"""The worker process: runs many jobs at once, heartbeats, recovers what others left."""
