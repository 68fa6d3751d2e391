-- Replaces what is kept of a webhook, unless somebody else has changed it since it was read.
-- KEYS: 1 the owner's webhooks.
-- ARGV: 1 the webhook's id, 2 its JSON as it was read, 3 its new JSON.
-- Answers 1; 0 when it has changed or is gone.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
