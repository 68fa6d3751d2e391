-- Counts a request against the policy for requests, unless it is one too many.
-- KEYS: 1 the times of the caller's last requests.
-- ARGV: 1 the policy's amount, 2 its seconds.
-- Answers whether it passes (1 or 0), how many are left, and when the next place is free (s).
-- include count
local passes, left, free_at = count(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]))
return {passes and 1 or 0, left, free_at}
