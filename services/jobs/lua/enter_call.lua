-- Adds a call to the sums of a month, once however often it is told.
-- KEYS: 1 the sums, 2 the mark of this entry.
-- ARGV: 1 how long the mark is kept (s), 2 how long the sums are kept (s), then pairs of field and
-- number.
-- Answers 1; 0 when the entry was there.
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then return 0 end
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
