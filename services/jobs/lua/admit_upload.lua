-- Enters an upload that has arrived.
-- KEYS: 1 the upload, 2 the space of the owner's uploads, 3 the uploads that are due, 4 the owner's
-- uploads.
-- ARGV: 1 upload id, 2 owner, 3 how long it is kept (s), 4 how long keys are kept (s), then the
-- names and values of its facts, `size_bytes` among them.
-- Answers 1, or 0 when its space is no longer reserved: then it has been given up.
-- include clock
local held = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
local due = ARGV[1] .. ' ' .. ARGV[2]
if held == 0 or not redis.call('ZSCORE', KEYS[3], due) then return 0 end
local expires = clock() + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'expires_at', expires, unpack(ARGV, 5))
local bytes = tonumber(redis.call('HGET', KEYS[1], 'size_bytes'))
redis.call('HSET', KEYS[2], ARGV[1], bytes)
redis.call('HINCRBY', KEYS[2], 'total', bytes - held)
redis.call('ZADD', KEYS[3], expires, due)
redis.call('ZADD', KEYS[4], 0, ARGV[1])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[4]}) do redis.call('EXPIRE', key, ARGV[4]) end
return 1
