-- Enters a purchase that is about to begin: until it is settled, its outcome counts as unknown.
-- KEYS: 1 our state of the job, 2 the job's purchases, then the sums of the month: the owner's, and
-- those of the API key that created the job.
-- ARGV: 1 the token of the lease, 2 the purchase's field, 3 its entry as JSON, 4 its estimate
-- (micros), 5 how long the purchases are kept (s), 6 how long the sums are kept (s).
-- Answers 1; 0 when somebody else holds the lease.
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 0 end
if redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3]) == 0 then return 1 end
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('HDEL', KEYS[1], 'buy_again')
for i = 3, #KEYS do
  redis.call('HINCRBY', KEYS[i], 'uncertain', 1)
  redis.call('HINCRBY', KEYS[i], 'uncertain_micros', ARGV[4])
  redis.call('EXPIRE', KEYS[i], ARGV[6])
end
return 1
