-- Enters how one try to deliver has ended, if its sender still holds the lease.
-- KEYS: 1 the delivery.
-- ARGV: 1 target, 2 job, 3 message, 4 token of the lease, 5 the pause before the next try (s), ""
-- when there is none, 6 what the try says about the target, "" for nothing; see judge. Then pairs of
-- field and value for the delivery.
-- Answers 1; 0 when somebody else holds the lease, or the delivery is gone.
-- include schedule
local target, job, message, pause = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[4] then return 0 end
local now, name = clock(), name_of(target)
redis.call('HDEL', KEYS[1], 'lease', 'next_at')
redis.call('HSET', KEYS[1], unpack(ARGV, 7))
redis.call('ZREM', OUTBOX .. 'sending:' .. target, job)
if ARGV[6] ~= '' then judge(target, ARGV[6]) end
if pause == '' then
  local ended, line = OUTBOX .. 'ended:' .. name, OUTBOX .. 'line:' .. target .. '|' .. job
  redis.call('LREM', line, 1, message)
  no_longer_pending(name, message)
  redis.call('ZADD', ended, 0, message)
  redis.call('EXPIRE', ended, KEPT)
  for _, oldest in ipairs(redis.call('ZRANGE', ended, 0, -MOST_ENDED - 1)) do
    redis.call('DEL', OUTBOX .. 'delivery:' .. name .. '|' .. oldest)
    redis.call('ZREM', ended, oldest)
  end
  if redis.call('LLEN', line) > 0 then make_due(target, job, now) end
else
  redis.call('HSET', KEYS[1], 'next_at', math.floor((now + tonumber(pause)) * 1000))
  make_due(target, job, now + tonumber(pause))
end
schedule(target, now)
return 1
