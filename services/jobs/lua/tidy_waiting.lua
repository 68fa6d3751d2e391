-- Keeps RQ's queue true, some of it with each call: drops jobs that do not wait, as a worker of an
-- earlier version leaves them there, and takes in those that a gateway of an earlier version wrote.
-- KEYS: 1 RQ's queue, 2 the set in which earlier versions kept the jobs that wait.
-- ARGV: 1 the index of the first entry to look at, 2 how many.
-- Answers the index to go on from, 0 at the end.
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
