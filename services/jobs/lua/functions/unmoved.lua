-- Returns whether a job still has the status and the sequence that were read.
local function unmoved(record, state, status, sequence)
  return redis.call('HGET', record, 'status') == status
    and (redis.call('HGET', state, 'sequence') or '0') == sequence
end
