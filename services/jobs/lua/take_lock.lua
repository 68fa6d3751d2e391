-- Takes the lock that lets one worker sweep at a time.
-- KEYS: 1 the lock.
-- ARGV: 1 for how long (ms).
-- Answers 1 when it was free, else 0. A lock that lasts longer than any can was taken before
-- Redis's clock went back.
local left = redis.call('PTTL', KEYS[1])
if left > 0 and left <= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
