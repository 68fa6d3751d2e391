-- Sends a delivery once more: one that has ended goes to the end of its job's line, with the same id
-- and all its tries before it; one that waits for its next try is tried at once.
-- KEYS: 1 the delivery, 2 its event.
-- ARGV: 1 owner and webhook, `owner|webhook`, 2 message.
-- Answers 1; 0 when the delivery is gone.
-- include schedule
if redis.call('EXISTS', unpack(KEYS)) < 2 then return 0 end
local name, message = ARGV[1], ARGV[2]
local found = redis.call('HMGET', KEYS[1], 'target', 'job', 'at')
local target, job, now = found[1], found[2], clock()
local ms = math.floor(now * 1000)
local line = OUTBOX .. 'line:' .. target .. '|' .. job
if not redis.call('ZSCORE', OUTBOX .. 'pending:' .. name, message) then
  redis.call('ZREM', OUTBOX .. 'ended:' .. name, message)
  redis.call('HDEL', KEYS[1], 'ended')
  redis.call('HSET', KEYS[1], 'since', ms, 'next_at', ms, 'count', 0)
  redis.call('ZADD', OUTBOX .. 'pending', ms, name .. '|' .. message)
  redis.call('ZADD', OUTBOX .. 'pending:' .. name, 0, message)
  redis.call('RPUSH', line, message)
end
for _, key in ipairs({KEYS[1], KEYS[2], line, OUTBOX .. 'pending:' .. name}) do
  redis.call('EXPIRE', key, KEPT)
end
make_due(target, job, now)
schedule(target, now)
return 1
