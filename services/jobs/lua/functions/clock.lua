-- Returns the seconds since 1970.
local function clock()
  local now = redis.call('TIME')
  return now[1] + now[2] / 1e6
end
