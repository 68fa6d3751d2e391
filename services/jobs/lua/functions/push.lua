-- Puts a job in line: on its owner's line, on the list of all that wait, and its owner in the
-- turns.
-- Takes the keys of the owner's line, the turns and all that wait; the owner, the job's id, the
-- time (ms), and "front" or "back" for the side of the owner's line.
local function push(line, turns, waiting, owner, job, ms, side)
  redis.call(side == 'front' and 'LPUSH' or 'RPUSH', line, job)
  redis.call('ZADD', waiting, ms, job)
  if not redis.call('LPOS', turns, owner) then redis.call('RPUSH', turns, owner) end
end
