"""The worker process: runs many jobs at once, renews their leases, and recovers stranded jobs."""
