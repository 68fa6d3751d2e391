-- Creates a job, if it is admitted.
-- KEYS: 1 RQ's record, 2 what was answered to the Idempotency-Key (without one the record again),
-- 3 to 10 those of admit, then two for each upload that the job needs: the upload, and the jobs that
-- were created with it.
-- ARGV: 1 job id, 2 digest of the request or "", 3 how long an answer is kept (s), 4 to 10 those of
-- admit, 11 the owner, then the commands that write the job; see run.
-- Answers the verdict: "in" and a job id for the job that was created, now or before; "conflict"
-- when the Idempotency-Key was used for another request; "upload" and its key when there is no such
-- upload of the owner's; else what admit says.
-- include admit
-- include run
local job, digest = ARGV[1], ARGV[2]
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[2], 'digest', 'job')
  if known[1] then return {known[1] == digest and 'in' or 'conflict', known[2]} end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'in', job} end
for i = 11, #KEYS, 2 do
  if redis.call('HGET', KEYS[i], 'owner') ~= ARGV[11] then return {'upload', KEYS[i]} end
end
local refusal, free_at = admit(KEYS, 3, ARGV, 4, true)
if refusal then return {refusal, free_at} end
run(ARGV, 12)
for i = 11, #KEYS, 2 do
  redis.call('SADD', KEYS[i + 1], job)
  redis.call('EXPIRE', KEYS[i + 1], redis.call('TTL', KEYS[i]))
end
if digest ~= '' then
  redis.call('HSET', KEYS[2], 'digest', digest, 'job', job)
  redis.call('EXPIRE', KEYS[2], ARGV[3])
end
return {'in', job}
