-- Takes the next job of the owner whose turn it is.
-- KEYS: 1 the owner's line, 2 the turns, 3 the jobs that were taken, 4 RQ's pause switch.
-- ARGV: 1 the owner.
-- Answers the job's id, nil when the line is empty or the queue was paused while the caller waited.
-- include end_turn
if redis.call('EXISTS', KEYS[4]) == 1 then return nil end
local job = redis.call('LMOVE', KEYS[1], KEYS[3], 'LEFT', 'RIGHT')
end_turn(KEYS[1], KEYS[2], ARGV[1])
return job
