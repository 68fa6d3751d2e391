"""Live changes of jobs, from Redis to the streams of this process."""
