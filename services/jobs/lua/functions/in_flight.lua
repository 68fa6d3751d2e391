-- Counts an owner's unfinished jobs. When there seem to be too many, those whose record Redis has
-- lost are dropped: nothing else would ever free their places.
-- Takes all keys, the index of the first of the three indexes, and how many are too many.
local function in_flight(keys, key, most)
  local jobs = 0
  for i = key, key + 2 do jobs = jobs + redis.call('ZCARD', keys[i]) end
  if jobs < most then return jobs end
  for i = key, key + 2 do
    for _, job in ipairs(redis.call('ZRANGE', keys[i], 0, -1)) do
      if redis.call('EXISTS', 'rq:job:' .. job, 'snapasset:job:' .. job) < 2 then
        redis.call('ZREM', keys[i], job)
        jobs = jobs - 1
      end
    end
  end
  return jobs
end
