-- What the scripts of the outbox share. Deliveries of one job to one target go one after the other:
-- its line holds their messages in order, and the job is either due or being sent. A target is an
-- owner's webhook, `owner|webhook`; for the addresses that jobs name themselves, one origin of them,
-- `owner|default|origin`.
local OUTBOX = 'snapasset:webhooks:'
local MOST_PENDING, MOST_ENDED = 5000, 1000  -- of one webhook
local KEPT = 7 * 86400  -- how long a delivery can be looked at and sent again (s)
local AT_ONCE, AT_ONCE_FAILING = 4, 1  -- calls to one target

-- Returns `owner|webhook` of a target.
local function name_of(target) return string.match(target, '^[^|]+|[^|]+') end

-- Returns whether a target failed to take what it was last sent.
local function fails(target) return redis.call('HEXISTS', OUTBOX .. 'failures', target) == 1 end

-- Returns whether it failed, or was slow.
local function falters(target)
  return fails(target) or redis.call('HEXISTS', OUTBOX .. 'slow', target) == 1
end

-- Enters what a try says about a target: "sound", "slow" or "failing".
local function judge(target, found)
  if found ~= 'failing' then redis.call('HDEL', OUTBOX .. 'failures', target) end
  if found ~= 'slow' then redis.call('HDEL', OUTBOX .. 'slow', target) end
  if found == 'failing' then redis.call('HINCRBY', OUTBOX .. 'failures', target, 1) end
  if found == 'slow' then redis.call('HSET', OUTBOX .. 'slow', target, 1) end
end

-- Returns whether a target may be sent one more.
local function has_room(target)
  local at_once = fails(target) and AT_ONCE_FAILING or AT_ONCE
  return redis.call('ZCARD', OUTBOX .. 'sending:' .. target) < at_once
end

-- Puts a target where it is looked for when its next delivery is due. Those that fail or are slow have
-- a lane of their own, so that they never keep the others waiting. Nobody is served twice before all others
-- that wait in the lane: what is overdue counts as due now.
local function schedule(target, now)
  local lane, other = OUTBOX .. 'lane:sound', OUTBOX .. 'lane:failing'
  if falters(target) then lane, other = other, lane end
  local due = redis.call('ZRANGE', OUTBOX .. 'due:' .. target, 0, 0, 'WITHSCORES')[2]
  local ends = redis.call('ZRANGE', OUTBOX .. 'sending:' .. target, 0, 0, 'WITHSCORES')[2]
  local at = ends and tonumber(ends) or math.huge
  if due and has_room(target) then at = math.min(at, math.max(tonumber(due), now)) end
  redis.call('ZREM', other, target)
  if at < math.huge then
    redis.call('ZADD', lane, string.format('%.6f', at), target)
  else
    redis.call('ZREM', lane, target)
    if string.find(target, '|.*|') then judge(target, 'sound') end
  end
end

-- Makes the first message of a job due, unless it is being sent.
local function make_due(target, job, at)
  if not redis.call('ZSCORE', OUTBOX .. 'sending:' .. target, job) then
    redis.call('ZADD', OUTBOX .. 'due:' .. target, string.format('%.6f', at), job)
    redis.call('EXPIRE', OUTBOX .. 'due:' .. target, KEPT)
  end
end

-- Takes a message that has ended, or is gone, out of what is pending.
local function no_longer_pending(name, message)
  redis.call('ZREM', OUTBOX .. 'pending', name .. '|' .. message)
  redis.call('ZREM', OUTBOX .. 'pending:' .. name, message)
end

-- Returns Redis's time (s).
local function clock()
  local time = redis.call('TIME')
  return time[1] + time[2] / 1e6
end
