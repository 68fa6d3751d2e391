-- Reserves space for an upload that is arriving, or changes what is reserved for it.
-- KEYS: 1 the space of the owner's uploads, 2 the uploads that are due.
-- ARGV: 1 upload id, 2 owner, 3 bytes to reserve, 4 the most bytes of all of the owner's uploads, 5
-- how long the upload may take to arrive (s), 6 how long the key is kept (s).
-- Answers 1, or 0 when there is not so much space; then nothing is changed.
-- include clock
local bytes, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local held = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local total = tonumber(redis.call('HGET', KEYS[1], 'total') or '0') - held + bytes
if total > most then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], bytes, 'total', total)
redis.call('EXPIRE', KEYS[1], ARGV[6])
if held == 0 then
  redis.call('ZADD', KEYS[2], clock() + tonumber(ARGV[5]), ARGV[1] .. ' ' .. ARGV[2])
end
return 1
