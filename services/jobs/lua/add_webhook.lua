-- Adds a webhook, unless its owner has one for the same address, or too many.
-- KEYS: 1 the owner's webhooks.
-- ARGV: 1 its id, 2 its JSON, 3 its address, 4 how many an owner may have.
-- Answers "in"; the id of the one for the same address; "full".
local known = redis.call('HGETALL', KEYS[1])
for i = 1, #known, 2 do
  if cjson.decode(known[i + 1]).url == ARGV[3] then return known[i] end
end
if #known / 2 >= tonumber(ARGV[4]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 'in'
