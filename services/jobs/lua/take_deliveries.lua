-- Takes deliveries whose time has come, at most one of each target.
-- KEYS: 1 the lane.
-- ARGV: 1 how many at most, 2 how long a lease lasts (s), 3 the token of the leases.
-- Answers the target, the job and the message of each, in turn.
-- include schedule
local most, lease, token = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now, taken = clock(), {}

-- Frees the jobs whose sender was lost.
local function free(target)
  local sending = OUTBOX .. 'sending:' .. target
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', sending, '-inf', now)) do
    redis.call('ZREM', sending, job)
    make_due(target, job, now)
  end
end

-- Returns the first message of a line that still exists, and drops those before it.
local function first_of(target, job)
  local line, name = OUTBOX .. 'line:' .. target .. '|' .. job, name_of(target)
  local message = redis.call('LINDEX', line, 0)
  while message do
    if redis.call('EXISTS', OUTBOX .. 'delivery:' .. name .. '|' .. message) == 1 then
      return message
    end
    no_longer_pending(name, redis.call('LPOP', line))
    message = redis.call('LINDEX', line, 0)
  end
  return nil
end

local function take(target)
  free(target)
  local due = OUTBOX .. 'due:' .. target
  while has_room(target) do
    local job = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, 1)[1]
    if not job then return end
    redis.call('ZREM', due, job)
    local message = first_of(target, job)
    if message then
      redis.call('ZADD', OUTBOX .. 'sending:' .. target, string.format('%.6f', now + lease), job)
      redis.call('EXPIRE', OUTBOX .. 'sending:' .. target, KEPT)
      redis.call('HSET', OUTBOX .. 'delivery:' .. name_of(target) .. '|' .. message, 'lease', token)
      for _, one in ipairs({target, job, message}) do taken[#taken + 1] = one end
      return
    end
  end
end

for _, target in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, most)) do
  take(target)
  schedule(target, now)
end
return taken
