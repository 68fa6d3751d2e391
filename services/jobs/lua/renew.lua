-- Renews the leases of a worker's jobs.
-- KEYS: 1 the leases, then our state of each job, then RQ's record of each.
-- ARGV: 1 the length of a lease (s), then the id of each job and the token of its lease.
-- Answers the ids of those whose lease somebody else holds, or whose record Redis has lost.
local time, lost = redis.call('TIME'), {}
local ends = tonumber(time[1]) + tonumber(time[2]) / 1e6 + tonumber(ARGV[1])
local jobs = (#KEYS - 1) / 2
for i = 1, jobs do
  local state, record, id, token = KEYS[i + 1], KEYS[i + jobs + 1], ARGV[2 * i], ARGV[2 * i + 1]
  if redis.call('HGET', state, 'lease') == token and redis.call('EXISTS', record) == 1 then
    redis.call('ZADD', KEYS[1], 'XX', ends, id)
  else
    lost[#lost + 1] = id
  end
end
return lost
