-- Runs the commands in `args` from index `at` on, each given as the number of its words, then the
-- words. They are Redis's own, and three of ours. PUSH puts a job in line: its words are the key of
-- the owner's line, the owner, the job's id, "front" or "back" of the line, and the key of the turns. For
-- a job that gives way to others the latter is followed by the key of everybody's turns, in which ""
-- stands for all who give way. TELL tells webhooks of a job, and NOTE its batch: their words are those
-- of tell and note_in_batch.
-- include note_in_batch
-- include tell
local function take_part(turns, name)
  if not redis.call('LPOS', turns, name) then redis.call('RPUSH', turns, name) end
end

local function push(line, owner, job, side, turns, all_turns)
  redis.call(side == 'front' and 'LPUSH' or 'RPUSH', line, job)
  take_part(turns, owner)
  if all_turns then take_part(all_turns, '') end
end

local function run(args, at)
  while at < #args do
    local words = tonumber(args[at])
    if args[at + 1] == 'PUSH' then
      push(unpack(args, at + 2, at + words))
    elseif args[at + 1] == 'TELL' then
      tell(unpack(args, at + 2, at + words))
    elseif args[at + 1] == 'NOTE' then
      note_in_batch(unpack(args, at + 2, at + words))
    else
      redis.call(unpack(args, at + 1, at + words))
    end
    at = at + words + 1
  end
end
