-- Stores and publishes what a worker reports about its job, if it still holds the lease.
-- KEYS: 1 our state, 2 the log lines.
-- ARGV: 1 the token of the lease, 2 progress, 3 message, 4 checkpoint, 5 the finished images in it,
-- 6 preview (each of 2 to 6 is "" when it stays as it is), 7 the job's channel, 8 the job's id,
-- 9 most log lines, then new ones.
-- Answers 1; 0 when somebody else holds the lease.
-- include tell_renditions
local state, logs, first_line = KEYS[1], KEYS[2], 10
local known = redis.call('HMGET', state, 'lease', 'progress', 'message', 'images', 'owner')
if known[1] ~= ARGV[1] then return 0 end
local fields, images = {}, known[4]
local progress = math.max(tonumber(known[2] or '0'), tonumber(ARGV[2]) or 0)
local message = ARGV[3] ~= '' and ARGV[3] or known[3] or ''
local function write(...)
  for _, part in ipairs({...}) do fields[#fields + 1] = part end
end
if progress ~= tonumber(known[2] or '0') then write('progress', progress) end
if message ~= (known[3] or '') then write('message', message) end
local is_news = #fields > 0 or #ARGV >= first_line or ARGV[6] ~= ''
if ARGV[4] ~= '' then
  images = ARGV[5]
  write('checkpoint', ARGV[4], 'images', images)
end
if #fields > 0 then redis.call('HSET', state, unpack(fields)) end
if #ARGV >= first_line then
  local lines = #ARGV - first_line + 1
  local length = redis.call('RPUSH', logs, unpack(ARGV, first_line))
  if length > tonumber(ARGV[9]) then redis.call('LTRIM', logs, -tonumber(ARGV[9]), -1) end
  if length == lines then redis.call('EXPIRE', logs, redis.call('TTL', state)) end
end
if ARGV[4] ~= '' then tell_renditions(ARGV[8], known[5], known[4], images) end
if not is_news then return 1 end
local time = redis.call('TIME')
local change = {
  type = ARGV[6] ~= '' and 'preview' or 'progress', status = 'active', progress = progress,
  message = message, sequence = redis.call('HINCRBY', state, 'sequence', 1),
  at = tonumber(time[1]) + tonumber(time[2]) / 1e6,
}
if ARGV[6] ~= '' then change.preview = ARGV[6] end
-- The images are spliced in as text: cjson would turn an empty list into an object.
local told = string.sub(cjson.encode(change), 1, -2) .. ',"images":' .. (images or '[]') .. '}'
redis.call('PUBLISH', ARGV[7], told)
return 1
