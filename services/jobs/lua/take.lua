-- Takes the next job of the owner whose turn it is. Jobs that give way have their turn only while no
-- other job waits.
-- KEYS: 1 the turns, 2 the turns of those who give way, 3 the jobs that were taken, 4 RQ's pause
-- switch.
-- ARGV: 1 the owner, or "" for the next one who does not give way, then for all who do; 2 and 3 what
-- the names of the lines begin with: usual ones, and those of jobs that give way; 4 "all", or "urgent"
-- for no job that gives way.
-- Answers the job's id and "urgent" or "gives way"; nil when there is none in the line, or the queue
-- was paused while the caller waited.
-- include end_turn
if redis.call('EXISTS', KEYS[4]) == 1 then return nil end
local owner = ARGV[1]
for _ = 1, redis.call('LLEN', KEYS[1]) do
  if owner ~= '' then break end
  owner = redis.call('LMOVE', KEYS[1], KEYS[1], 'LEFT', 'RIGHT')
end
if owner ~= '' then
  local job = redis.call('LMOVE', ARGV[2] .. owner, KEYS[3], 'LEFT', 'RIGHT')
  end_turn(ARGV[2] .. owner, KEYS[1], owner)
  return job and {job, 'urgent'} or nil
end
if ARGV[4] ~= 'all' then return nil end
owner = redis.call('LMOVE', KEYS[2], KEYS[2], 'LEFT', 'RIGHT')
local job = owner and redis.call('LMOVE', ARGV[3] .. owner, KEYS[3], 'LEFT', 'RIGHT')
if owner then end_turn(ARGV[3] .. owner, KEYS[2], owner) end
end_turn(KEYS[2], KEYS[1], '')
return job and {job, 'gives way'} or nil
