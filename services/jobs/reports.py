"""What a worker tells of a job while it runs: progress, log lines, checkpoints, its heartbeat.

One script per call, so that a report is whole and counts only under the job's lease.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from services.jobs import codec, keys
from services.jobs.batched import Batched
from services.jobs.moves import LeaseLost
from services.jobs.transition import MAX_LOGS

# KEYS: state, logs. ARGV: token, progress or "", message or "", log or "", checkpoint or "",
# preview or "", channel, most log lines, finished images. Returns 0 when the lease is another's.
# The images are spliced in as text: cjson would turn an empty list into an object.
_REPORT = """
local state, token = KEYS[1], ARGV[1]
if redis.call('HGET', state, 'lease') ~= token then return 0 end
local changed = ARGV[4] ~= '' or ARGV[6] ~= ''
local progress = tonumber(redis.call('HGET', state, 'progress') or '0')
if ARGV[2] ~= '' and tonumber(ARGV[2]) > progress then
  changed = true
  progress = tonumber(ARGV[2])
  redis.call('HSET', state, 'progress', progress)
end
if ARGV[3] ~= '' and redis.call('HGET', state, 'message') ~= ARGV[3] then
  changed = true
  redis.call('HSET', state, 'message', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('RPUSH', KEYS[2], ARGV[4])
  redis.call('LTRIM', KEYS[2], -tonumber(ARGV[8]), -1)
  redis.call('EXPIRE', KEYS[2], redis.call('TTL', state))
end
if ARGV[5] ~= '' then redis.call('HSET', state, 'checkpoint', ARGV[5], 'images', ARGV[9]) end
if not changed then return 1 end
local time = redis.call('TIME')
local change = {
  type = ARGV[6] ~= '' and 'preview' or 'progress', status = 'active', progress = progress,
  message = redis.call('HGET', state, 'message') or '',
  sequence = redis.call('HINCRBY', state, 'sequence', 1),
  at = tonumber(time[1]) + tonumber(time[2]) / 1e6,
}
if ARGV[6] ~= '' then change.preview = ARGV[6] end
local images = redis.call('HGET', state, 'images') or '[]'
local told = string.sub(cjson.encode(change), 1, -2) .. ',"images":' .. images .. '}'
redis.call('PUBLISH', ARGV[7], told)
return 1
"""

# KEYS: leases, then the state of each job. ARGV: seconds, then job id and token of each.
# Returns the ids whose lease is another's.
_RENEW = """
local time, lost = redis.call('TIME'), {}
local untl = tonumber(time[1]) + tonumber(time[2]) / 1e6 + tonumber(ARGV[1])
for i = 2, #KEYS do
  local id, token = ARGV[2 * i - 2], ARGV[2 * i - 1]
  if redis.call('HGET', KEYS[i], 'lease') == token then
    redis.call('ZADD', KEYS[1], 'XX', untl, id)
  else
    lost[#lost + 1] = id
  end
end
return lost
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What happened; what is left out stays as it is. Progress never falls."""

    progress: int | None = None
    message: str = ""
    log: str = ""
    checkpoint: Mapping[str, Any] | None = None
    preview: str = ""


class Reports:
    """Writes reports of running jobs and renews their leases."""

    def __init__(self, redis: Redis, lease: timedelta) -> None:
        self._lease_seconds = lease.total_seconds()
        self._batched = Batched(redis)
        self._renew = redis.register_script(_RENEW)

    async def report(self, job_id: str, token: str, report: Report) -> None:
        """Store and publish `report`. Raises LeaseLost when the job is no longer ours."""
        checkpoint = report.checkpoint or {}
        kept = await self._batched.eval(
            _REPORT,
            [keys.state(job_id), keys.logs(job_id)],
            [
                token,
                "" if report.progress is None else report.progress,
                report.message,
                report.log,
                "" if report.checkpoint is None else codec.dumps(report.checkpoint),
                report.preview,
                keys.channel(job_id),
                MAX_LOGS,
                codec.dumps(list(checkpoint.get("images", {}).values())),
            ],
        )
        if not kept:
            raise LeaseLost(job_id)

    async def renew(self, tokens: Mapping[str, str]) -> list[str]:
        """Renew the leases of these jobs (id to token); return the ids that we have lost."""
        if not tokens:
            return []
        pairs = [part for pair in tokens.items() for part in pair]
        lost = await self._renew(
            keys=[keys.LEASES, *map(keys.state, tokens)], args=[self._lease_seconds, *pairs]
        )
        return [one.decode() if isinstance(one, bytes) else one for one in lost]
