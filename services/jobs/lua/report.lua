-- Stores and publishes what a worker reports about its job, if it still holds the lease.
-- KEYS: 1 our state, 2 the log lines.
-- ARGV: 1 the token of the lease, 2 progress, 3 message, 4 log line, 5 checkpoint, 6 preview (each
-- of 2 to 6 is "" when it stays as it is), 7 the job's channel, 8 most log lines, 9 the finished
-- images, 10 the job's id.
-- Answers 1; 0 when somebody else holds the lease.
-- include tell_renditions
local state, token = KEYS[1], ARGV[1]
if redis.call('HGET', state, 'lease') ~= token then return 0 end
local changed = ARGV[4] ~= '' or ARGV[6] ~= ''
local progress = tonumber(redis.call('HGET', state, 'progress') or '0')
if ARGV[2] ~= '' and tonumber(ARGV[2]) > progress then
  changed = true
  progress = tonumber(ARGV[2])
  redis.call('HSET', state, 'progress', progress)
end
if ARGV[3] ~= '' and redis.call('HGET', state, 'message') ~= ARGV[3] then
  changed = true
  redis.call('HSET', state, 'message', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('RPUSH', KEYS[2], ARGV[4])
  redis.call('LTRIM', KEYS[2], -tonumber(ARGV[8]), -1)
  redis.call('EXPIRE', KEYS[2], redis.call('TTL', state))
end
if ARGV[5] ~= '' then
  local before = redis.call('HMGET', state, 'owner', 'images')
  redis.call('HSET', state, 'checkpoint', ARGV[5], 'images', ARGV[9])
  tell_renditions(ARGV[10], before[1], before[2], ARGV[9])
end
if not changed then return 1 end
local time = redis.call('TIME')
local change = {
  type = ARGV[6] ~= '' and 'preview' or 'progress', status = 'active', progress = progress,
  message = redis.call('HGET', state, 'message') or '',
  sequence = redis.call('HINCRBY', state, 'sequence', 1),
  at = tonumber(time[1]) + tonumber(time[2]) / 1e6,
}
if ARGV[6] ~= '' then change.preview = ARGV[6] end
-- The images are spliced in as text: cjson would turn an empty list into an object.
local images = redis.call('HGET', state, 'images') or '[]'
local told = string.sub(cjson.encode(change), 1, -2) .. ',"images":' .. images .. '}'
redis.call('PUBLISH', ARGV[7], told)
return 1
