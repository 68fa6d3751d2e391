-- Notes that a worker has reached Redis.
-- KEYS: 1 the hash of the times of the last contact, and of the first one since the last gap.
-- ARGV: 1 the longest pause that does not count as a gap (s), 2 how long the note is kept (s).
-- Answers for how many seconds there have been contacts without a gap.
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
local since = tonumber(redis.call('HGET', KEYS[1], 'since') or '0')
if now < last or now - last > tonumber(ARGV[1]) then since = now end
redis.call('HSET', KEYS[1], 'last', now, 'since', since)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return tostring(now - since)
