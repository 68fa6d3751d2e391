-- Decides whether a job is admitted, and counts it if it is.
-- Takes all keys and the index of the first of these: the owner's jobs waiting, active and delayed;
-- all that wait; when the caller's last jobs were admitted; the sums of the owner's month. Then all
-- arguments and the index of the first of these: most in flight, most in line, the policy's amount
-- and seconds, the budget (micros; 0: none). Last, whether the job has to buy: only then budget and
-- policy count.
-- Returns nil when it is admitted, else "jobs", "queue" or "budget"; or "policy", and the time
-- (seconds since 1970) from which the next one may be.
-- include count
-- include in_flight
local function admit(keys, key, args, arg, buys)
  if in_flight(keys, key, tonumber(args[arg])) >= tonumber(args[arg]) then return 'jobs', '' end
  if redis.call('LLEN', keys[key + 3]) >= tonumber(args[arg + 1]) then return 'queue', '' end
  if not buys then return nil, '' end
  local budget = tonumber(args[arg + 4])
  if budget > 0 then
    local sums = redis.call('HMGET', keys[key + 5], 'cost_micros', 'uncertain_micros')
    local spent = tonumber(sums[1] or '0') + tonumber(sums[2] or '0')
    if spent >= budget then return 'budget', '' end
  end
  local passes, _, free_at = count(keys[key + 4], tonumber(args[arg + 2]), tonumber(args[arg + 3]))
  if not passes then return 'policy', free_at end
  return nil, ''
end
