-- Takes the lock that lets one worker sweep at a time.
-- KEYS: 1 the lock.
-- ARGV: 1 how long the lock lasts (ms).
-- Answers 1 when it was free, else 0. A lock with more time left than that was taken before Redis's
-- clock went back, and counts as free.
local left = redis.call('PTTL', KEYS[1])
if left > 0 and left <= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
