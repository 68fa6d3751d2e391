-- Runs the commands that take a lost job out of its places.
-- ARGV: the commands; see run.
-- include run
run(ARGV, 1)
