-- Counts one more in a moving window, if it may pass.
-- Takes a sorted set of times, the most that a window allows, and its length in seconds.
-- Returns whether it passes, how many are left, and when the next place is free (seconds since
-- 1970, as text).
local function count(times, most, window)
  local clock = redis.call('TIME')
  local now = clock[1] + clock[2] / 1e6
  redis.call('ZREMRANGEBYSCORE', times, '-inf', now - window)
  local left = most - redis.call('ZCARD', times)
  local passes = left > 0
  if passes then
    redis.call('ZADD', times, now, clock[1] .. '.' .. clock[2])
    redis.call('EXPIRE', times, window)
    left = left - 1
  end
  local oldest = redis.call('ZRANGE', times, 0, 0, 'WITHSCORES')[2]
  return passes, left, tostring(oldest + window)
end
