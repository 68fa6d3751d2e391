-- Opens a batch, or finds the one that the same request has opened before.
-- KEYS: 1 what was answered to the Idempotency-Key.
-- ARGV: 1 digest of the request, 2 the id for a new batch, 3 how long the answer is kept (s).
-- Answers the batch's id, nil when the key was used for another request.
local known = redis.call('HMGET', KEYS[1], 'digest', 'batch')
if known[1] then return known[1] == ARGV[1] and known[2] or nil end
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'batch', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return ARGV[2]
