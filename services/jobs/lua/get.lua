-- Reads a job for a caller.
-- KEYS: 1 RQ's record, 2 our state, 3 the log lines.
-- Answers the two hashes, each as names and values in turn, and the lines.
return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
  redis.call('LRANGE', KEYS[3], 0, -1),
}
