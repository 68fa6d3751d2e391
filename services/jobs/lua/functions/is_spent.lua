-- Returns whether a budget (micros; 0: none) is used up by the sums of a month.
local function is_spent(sums, budget)
  if budget == 0 then return false end
  local known = redis.call('HMGET', sums, 'cost_micros', 'uncertain_micros')
  return tonumber(known[1] or '0') + tonumber(known[2] or '0') >= budget
end
