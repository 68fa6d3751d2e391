-- Takes a new job in, if it may come in.
-- KEYS: 1 RQ's record; the owner's jobs 2 waiting, 3 active, 4 delayed; 5 all that wait; 6 the
-- owner's line; 7 the turns; 8 when the caller's last jobs came in; 9 what was answered to the
-- Idempotency-Key (without one the record again).
-- ARGV: 1 job id, 2 owner, 3 digest of the request or "", 4 most in flight, 5 most in line, 6 the
-- policy's amount, 7 its seconds, 8 "spent" when the budget is, 9 the time (ms), 10 how long an
-- answer is kept (s); then each command that writes the job: the number of its words, the words.
-- Answers what became of it: "known" and a job id for the job that has come in, now or before;
-- "conflict", "jobs", "queue" or "budget" for what is in its way; "policy" and the seconds since
-- 1970 from which the next one may come in.
-- include count
-- include push
local job, digest = ARGV[1], ARGV[3]
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[9], 'digest', 'job')
  if known[1] then return {known[1] == digest and 'known' or 'conflict', known[2]} end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'known', job} end
local in_flight = 0
for i = 2, 4 do in_flight = in_flight + redis.call('ZCARD', KEYS[i]) end
if in_flight >= tonumber(ARGV[4]) then return {'jobs', ''} end
if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[5]) then return {'queue', ''} end
if ARGV[8] == 'spent' then return {'budget', ''} end
local passes, _, free_at = count(KEYS[8], tonumber(ARGV[6]), tonumber(ARGV[7]))
if not passes then return {'policy', free_at} end
local at = 11
while at < #ARGV do
  local words = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + words))
  at = at + words + 1
end
push(KEYS[6], KEYS[7], KEYS[5], ARGV[2], job, ARGV[9], 'back')
if digest ~= '' then
  redis.call('HSET', KEYS[9], 'digest', digest, 'job', job)
  redis.call('EXPIRE', KEYS[9], ARGV[10])
end
return {'known', job}
