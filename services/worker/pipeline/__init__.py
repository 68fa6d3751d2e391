"""The work of a job: a list of steps over three ports, which the worker runs."""
