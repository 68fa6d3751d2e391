-- Enters how a purchase ended. Entered twice, it counts once; an unknown outcome may become known.
-- KEYS: 1 the job's purchases, then the sums of the month in which it began: the owner's, and those
-- of the API key that created the job.
-- ARGV: 1 the purchase's field, 2 its entry as JSON with its charge, 3 how long the purchases are
-- kept (s), 4 how long the sums are kept (s), then pairs of field and number for the sums.
-- Answers 1; 0 when its outcome was already in the books.
local known = redis.call('HGET', KEYS[1], ARGV[1])
local before, after = known and cjson.decode(known) or {}, cjson.decode(ARGV[2])
if before.charge and (before.charge ~= 'unknown' or after.charge == 'unknown') then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
local uncertain = (after.charge == 'unknown' and 1 or 0) - (known and 1 or 0)
for key = 2, #KEYS do
  for i = 5, #ARGV, 2 do
    -- The calls of an outcome that was unknown until now are in the sums already.
    if ARGV[i] ~= 'calls' or not before.charge then
      redis.call('HINCRBY', KEYS[key], ARGV[i], ARGV[i + 1])
    end
  end
  if uncertain ~= 0 then
    redis.call('HINCRBY', KEYS[key], 'uncertain', uncertain)
    local micros = string.format('%.0f', uncertain * after.estimate_micros)
    redis.call('HINCRBY', KEYS[key], 'uncertain_micros', micros)
  end
  redis.call('EXPIRE', KEYS[key], ARGV[4])
end
return 1
