-- Gives back the space of an upload whose bytes are deleted.
-- KEYS: 1 the space of the owner's uploads, 2 the uploads that are due, 3 the jobs that were created
-- with it.
-- ARGV: 1 upload id, 2 owner.
-- Answers nothing.
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  redis.call('HDEL', KEYS[1], ARGV[1])
  if redis.call('HINCRBY', KEYS[1], 'total', -held) == 0 then redis.call('DEL', KEYS[1]) end
end
redis.call('ZREM', KEYS[2], ARGV[1] .. ' ' .. ARGV[2])
redis.call('DEL', KEYS[3])
