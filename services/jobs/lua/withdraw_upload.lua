-- Makes an upload unavailable, so that its bytes can be deleted. It stays due until it is forgotten.
-- KEYS: 1 the upload, 2 the space of the owner's uploads, 3 the uploads that are due, 4 the owner's
-- uploads, 5 the jobs that were created with it.
-- ARGV: 1 upload id, 2 owner, 3 why, 4 how long from now it is due again (s), 5 how long keys are
-- kept (s). Why: "asked" by its owner, "due", or "anyway".
-- Answers "gone"; "missing" when the owner asks for one that is not there; "used" when a job that
-- has not ended uses it or, if it is due, when a job that has not completed may be retried with it.
-- include clock
local RUNNING = {queued = true, started = true, scheduled = true}

local function is_used(why)
  for _, job in ipairs(redis.call('SMEMBERS', KEYS[5])) do
    local status = redis.call('HGET', 'rq:job:' .. job, 'status')
    if status and (RUNNING[status] or (why == 'due' and status ~= 'finished')) then return true end
  end
  return false
end

local function is_due(seconds)
  redis.call('ZADD', KEYS[3], clock() + seconds, ARGV[1] .. ' ' .. ARGV[2])
end

if ARGV[3] == 'asked' and redis.call('HGET', KEYS[1], 'owner') ~= ARGV[2] then return 'missing' end
if ARGV[3] ~= 'anyway' and is_used(ARGV[3]) then
  if ARGV[3] == 'due' then
    is_due(tonumber(ARGV[4]))
    for i = 1, 5 do if i ~= 3 then redis.call('EXPIRE', KEYS[i], ARGV[5]) end end
  end
  return 'used'
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  is_due(ARGV[3] == 'due' and 0 or tonumber(ARGV[4]))
end
return 'gone'
