-- Keeps RQ's queue correct, one part with each call: drops jobs that are no longer waiting, which
-- workers of an earlier version leave behind, and adds those that gateways of one have written.
-- KEYS: 1 RQ's queue, 2 the set in which earlier versions kept the waiting jobs.
-- ARGV: 1 the index of the first entry to look at, 2 how many.
-- Answers the index to continue from, 0 at the end.
local queue, formerly = KEYS[1], KEYS[2]
local first, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local function waits(job) return redis.call('HGET', 'rq:job:' .. job, 'status') == 'queued' end
for _, job in ipairs(redis.call('ZRANGE', formerly, 0, most - 1)) do
  if waits(job) and not redis.call('LPOS', queue, job) then redis.call('RPUSH', queue, job) end
  redis.call('ZREM', formerly, job)
end
local jobs = redis.call('LRANGE', queue, first, first + most - 1)
local kept = 0
for _, job in ipairs(jobs) do
  if waits(job) then kept = kept + 1 else redis.call('LREM', queue, 1, job) end
end
return #jobs < most and 0 or first + kept
