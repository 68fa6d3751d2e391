-- Renews the leases of a worker's jobs.
-- KEYS: 1 the leases, then the state of each job.
-- ARGV: 1 the length of a lease (s), then the id of each job and the token of its lease.
-- Answers the ids of those whose lease is another's.
local time, lost = redis.call('TIME'), {}
local ends = tonumber(time[1]) + tonumber(time[2]) / 1e6 + tonumber(ARGV[1])
for i = 2, #KEYS do
  local id, token = ARGV[2 * i - 2], ARGV[2 * i - 1]
  if redis.call('HGET', KEYS[i], 'lease') == token then
    redis.call('ZADD', KEYS[1], 'XX', ends, id)
  else
    lost[#lost + 1] = id
  end
end
return lost
