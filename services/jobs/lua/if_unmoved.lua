-- Runs commands on a job, unless it has changed since it was read.
-- KEYS: 1 RQ's record, 2 our state. The commands name further keys.
-- ARGV: 1 RQ's status and 2 the sequence as they were read, then the commands; see run.
-- Answers 1; 0 when the job has changed or is gone.
-- include run
-- include unmoved
if not unmoved(KEYS[1], KEYS[2], ARGV[1], ARGV[2]) then return 0 end
run(ARGV, 3)
return 1
