-- Notes that a job of a batch is unfinished ("open") or has ended ("ended"). A batch is among the open
-- ones, by when it was created (ms), while one of its jobs is unfinished.
-- Takes the batch, the job, which of the two, and how long an open one is kept (s).
local function note_in_batch(batch, job, which, kept)
  local unfinished, open = 'snapasset:batch:' .. batch .. ':unfinished', 'snapasset:batches'
  if which == 'ended' then
    redis.call('SREM', unfinished, job)
    if redis.call('EXISTS', unfinished) == 0 then redis.call('ZREM', open, batch) end
    return
  end
  local created = tonumber(string.match(batch, '%d+'))
  redis.call('SADD', unfinished, job)
  redis.call('ZADD', open, created, batch)
  redis.call('ZREMRANGEBYSCORE', open, '-inf', string.format('(%.0f', created - kept * 1000))
  for _, key in ipairs({unfinished, open}) do redis.call('EXPIRE', key, kept) end
end
