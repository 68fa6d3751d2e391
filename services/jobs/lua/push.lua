-- Puts a job in line.
-- KEYS: 1 the owner's line, 2 the turns, 3 all that wait.
-- ARGV: 1 owner, 2 job id, 3 the time (ms), 4 "front" or "back".
-- include push
push(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
