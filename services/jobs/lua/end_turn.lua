-- Takes an owner whose line is empty out of the turns.
-- KEYS: 1 the owner's line, 2 the turns.
-- ARGV: 1 the owner.
-- include end_turn
end_turn(KEYS[1], KEYS[2], ARGV[1])
