-- Writes what has happened to a job into the outbox: once for each webhook of its owner that wants
-- to know, and once for the address that the job itself names.
-- include schedule

-- Returns those webhooks, as tables of id, target and url. Without any this is one look-up.
local function wanting(owner, event, own)
  local found = {}
  local known = redis.call('HGETALL', OUTBOX .. 'endpoints:' .. owner)
  for i = 1, #known, 2 do
    local webhook = cjson.decode(known[i + 1])
    for _, one in ipairs(webhook.disabled_at and {} or webhook.events) do
      if one == event then
        found[#found + 1] = {id = known[i], target = owner .. '|' .. known[i], url = webhook.url}
      end
    end
  end
  if own ~= '' then
    local origin = string.sub(redis.sha1hex(string.match(own, '^[^/]*//[^/?#]*')), 1, 12)
    found[#found + 1] = {id = 'default', target = owner .. '|default|' .. origin, url = own}
  end
  return found
end

-- Keeps the job as it is now. Its checkpoint is left out: no view of a job shows it.
local function keep_event(owner, message, event, at, job, rendition)
  local key, index = OUTBOX .. 'event:' .. message, OUTBOX .. 'events:' .. owner
  redis.call('HSET', key, 'type', event, 'at', at, 'job', job, 'rendition', rendition)
  for part, source in pairs({record = 'rq:job:' .. job, state = 'snapasset:job:' .. job}) do
    local fields = redis.call('HGETALL', source)
    for i = 1, #fields, 2 do
      if fields[i] ~= 'checkpoint' then
        redis.call('HSET', key, part .. ':' .. fields[i], fields[i + 1])
      end
    end
  end
  local lines = redis.call('LRANGE', 'snapasset:job:' .. job .. ':logs', 0, -1)
  redis.call('HSET', key, 'logs', #lines > 0 and cjson.encode(lines) or '[]')
  redis.call('EXPIRE', key, KEPT)
  redis.call('ZADD', index, 0, message)
  redis.call('ZREMRANGEBYLEX', index, '-', string.format('(msg_%013.0f', at - KEPT * 1000))
  redis.call('EXPIRE', index, KEPT)
end

-- Puts a message in line for a webhook. A webhook with too much in line misses it, and is told so.
local function put_in_line(owner, webhook, message, event, at, job)
  local name, now = owner .. '|' .. webhook.id, at / 1000
  local pending, line = OUTBOX .. 'pending:' .. name, OUTBOX .. 'line:' .. webhook.target .. '|' .. job
  if redis.call('ZCARD', pending) >= MOST_PENDING then
    local missed = OUTBOX .. 'missed:' .. name
    redis.call('HINCRBY', missed, 'count', 1)
    redis.call('HSET', missed, 'at', at)
    redis.call('EXPIRE', missed, 30 * 86400)
    redis.call('INCR', OUTBOX .. 'missed')
    return false
  end
  local delivery = OUTBOX .. 'delivery:' .. name .. '|' .. message
  redis.call('HSET', delivery, 'type', event, 'job', job, 'url', webhook.url, 'at', at,
    'since', at, 'next_at', at, 'target', webhook.target)
  redis.call('ZADD', OUTBOX .. 'pending', at, name .. '|' .. message)
  redis.call('ZADD', pending, 0, message)
  redis.call('RPUSH', line, message)
  for _, key in ipairs({delivery, pending, line}) do redis.call('EXPIRE', key, KEPT) end
  if redis.call('LLEN', line) == 1 then make_due(webhook.target, job, now) end
  schedule(webhook.target, now)
  return true
end

-- Takes the webhooks that want to know, the job's owner and id, the type of the event, and the id of
-- the rendition that it is about or "". Returns the message's id, nil when no webhook has taken it.
local function tell_these(webhooks, owner, job, event, rendition)
  if #webhooks == 0 then return nil end
  local time = redis.call('TIME')
  local at = time[1] * 1000 + math.floor(time[2] / 1000)
  local unique = redis.sha1hex(table.concat({job, event, rendition, time[1], time[2]}, '|'))
  local message = string.format('msg_%013.0f_%s', at, string.sub(unique, 1, 16))
  local told = nil
  for _, webhook in ipairs(webhooks) do
    if put_in_line(owner, webhook, message, event, at, job) then told = message end
  end
  if told then keep_event(owner, message, event, at, job, rendition) end
  return told
end

-- Takes the job's owner and id, the type of the event, and the address that the job itself names
-- or "".
local function tell(owner, job, event, own)
  tell_these(wanting(owner, event, own), owner, job, event, '')
end
