-- Runs the commands in `args` from index `at` on, each given as the number of its words, then the
-- words. They are Redis's own, and PUSH, which puts a job in line: its words are the keys of the
-- owner's line and of the turns, the owner, the job's id, and "front" or "back" of the owner's line.
local function push(line, turns, owner, job, side)
  redis.call(side == 'front' and 'LPUSH' or 'RPUSH', line, job)
  if not redis.call('LPOS', turns, owner) then redis.call('RPUSH', turns, owner) end
end

local function run(args, at)
  while at < #args do
    local words = tonumber(args[at])
    if args[at + 1] == 'PUSH' then
      push(unpack(args, at + 2, at + words))
    else
      redis.call(unpack(args, at + 1, at + words))
    end
    at = at + words + 1
  end
end
