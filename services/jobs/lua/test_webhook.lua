-- Writes a delivery that tells one webhook of a job that never was.
-- ARGV: 1 owner, 2 webhook, 3 its address, 4 the job's id, 5 the type of the event, then the
-- commands that write the job, which is forgotten again at once; see run.
-- Answers the message's id, nil when too much is in line for the webhook.
-- include run
local owner, webhook, job = ARGV[1], ARGV[2], ARGV[4]
run(ARGV, 6)
local one = {id = webhook, target = owner .. '|' .. webhook, url = ARGV[3]}
local message = tell_these({one}, owner, job, ARGV[5], '')
redis.call('DEL', 'rq:job:' .. job, 'snapasset:job:' .. job)
return message
