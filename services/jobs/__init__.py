"""Jobs in Redis: RQ's record of each, our state beside it, and every move between states.

RQ owns the record, its queue and registries, its worker list and its pause switch, and its tools
show them. The order of work is ours (`line.py`: owners take turns), and so is each move (`move.py`:
one script), because RQ's own hand-over and retry span several commands: a worker that died between
two of them would lose or duplicate a job.
"""
