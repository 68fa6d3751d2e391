-- Counts unfinished jobs. When there seem to be too many, those whose record Redis has lost are
-- dropped, and those that have ended unnoticed, in the hands of a worker of an earlier version:
-- nothing else would ever free their places.
-- Takes all keys, the indexes of the first and the last sorted set of jobs, and how many are too many.
local ENDED = {finished = true, failed = true, canceled = true}

local function in_flight(keys, first, last, most)
  local jobs = 0
  for i = first, last do jobs = jobs + redis.call('ZCARD', keys[i]) end
  if jobs < most then return jobs end
  for i = first, last do
    for _, job in ipairs(redis.call('ZRANGE', keys[i], 0, -1)) do
      local status = redis.call('HGET', 'rq:job:' .. job, 'status')
      if ENDED[status] or redis.call('EXISTS', 'rq:job:' .. job, 'snapasset:job:' .. job) < 2 then
        redis.call('ZREM', keys[i], job)
        jobs = jobs - 1
      end
    end
  end
  return jobs
end
