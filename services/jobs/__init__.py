"""Jobs in Redis: RQ's record of each, our state beside it, and every move between states.

RQ owns the record, its queue and registries, its worker list and its pause switch: its tools show
them. The order of work is ours (`line.py`: owners take turns), and so is each move (`move.py`: one
script), because RQ's own hand-over and retry span several commands, and a worker that dies between
two of them would lose or double a job.
"""
