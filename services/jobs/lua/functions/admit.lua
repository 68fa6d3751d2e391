-- Decides whether a job is admitted, and counts it if it is.
-- Takes all keys and the index of the first of these: the owner's jobs waiting, active and delayed;
-- all that wait; when the caller's last jobs were admitted; the sums of the owner's month; the
-- unfinished jobs of the API key, and the sums of its month. Then all arguments and the index of the
-- first of these: most in flight, most in line, the policy's amount and seconds, the budget (micros;
-- 0: none), the most in flight of the API key and its budget (0: none). Last, whether the job has to
-- buy: only then budgets and policy count.
-- Returns nil when it is admitted, else "jobs", "key's jobs", "queue", "budget" or "key's budget"; or
-- "policy", and the time (seconds since 1970) from which the next one may be.
-- include count
-- include in_flight
-- include is_spent
local function admit(keys, key, args, arg, buys)
  local most, most_of_key = tonumber(args[arg]), tonumber(args[arg + 5])
  if in_flight(keys, key, key + 2, most) >= most then return 'jobs', '' end
  if most_of_key > 0 and in_flight(keys, key + 6, key + 6, most_of_key) >= most_of_key then
    return "key's jobs", ''
  end
  if redis.call('LLEN', keys[key + 3]) >= tonumber(args[arg + 1]) then return 'queue', '' end
  if not buys then return nil, '' end
  if is_spent(keys[key + 5], tonumber(args[arg + 4])) then return 'budget', '' end
  if is_spent(keys[key + 7], tonumber(args[arg + 6])) then return "key's budget", '' end
  local passes, _, free_at = count(keys[key + 4], tonumber(args[arg + 2]), tonumber(args[arg + 3]))
  if not passes then return 'policy', free_at end
  return nil, ''
end
