-- Tells webhooks of the renditions of a job that are finished since the last report.
-- Takes the job's id and owner, and its finished images as JSON, before and now.
-- include tell
local function tell_renditions(job, owner, before, now)
  local webhooks = wanting(owner, 'rendition.completed', '')
  if #webhooks == 0 then return end
  local known = {}
  for _, image in ipairs(cjson.decode(before or '[]')) do known[image.platform] = true end
  for _, image in ipairs(cjson.decode(now)) do
    if not known[image.platform] then
      tell_these(webhooks, owner, job, 'rendition.completed', image.platform)
    end
  end
end
