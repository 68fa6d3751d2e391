-- Finds the jobs that Redis has lost.
-- KEYS: for each job, RQ's record and our state.
-- ARGV: the job ids, in the same order.
-- Answers the ids of those that lack one of the two.
local gone = {}
for i, job in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[2 * i - 1], KEYS[2 * i]) < 2 then gone[#gone + 1] = job end
end
return gone
