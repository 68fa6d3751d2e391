-- Puts an ended job back in line, if it is admitted again.
-- KEYS: 1 RQ's record, 2 our state, 3 to 10 those of admit.
-- ARGV: 1 RQ's status and 2 the sequence as they were read, 3 "buys" when the job has to buy, 4 to
-- 10 those of admit, then the commands that move the job; see run.
-- Answers "in"; "changed" when the job is no longer as it was read; else what admit says.
-- include admit
-- include run
-- include unmoved
if not unmoved(KEYS[1], KEYS[2], ARGV[1], ARGV[2]) then return {'changed', ''} end
local refusal, free_at = admit(KEYS, 3, ARGV, 4, ARGV[3] == 'buys')
if refusal then return {refusal, free_at} end
run(ARGV, 11)
return {'in', ''}
