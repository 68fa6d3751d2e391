-- Takes an owner whose line is empty out of the turns.
local function end_turn(line, turns, owner)
  if redis.call('LLEN', line) == 0 then redis.call('LREM', turns, 0, owner) end
end
