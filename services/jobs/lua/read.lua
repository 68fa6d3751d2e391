-- Reads a job that is to be moved.
-- KEYS: 1 RQ's record, 2 our state, 3 the purchases, 4 the leases.
-- ARGV: 1 job id.
-- Answers the three hashes, each as names and values in turn, when the lease ends (s, or nil), and
-- the time (s).
local time = redis.call('TIME')
return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
  redis.call('HGETALL', KEYS[3]),
  redis.call('ZSCORE', KEYS[4], ARGV[1]),
  time[1] .. '.' .. string.format('%06d', time[2]),
}
