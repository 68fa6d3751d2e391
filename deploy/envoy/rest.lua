-- Turns what the JSON transcoder leaves into HTTP answers: status, error body and length come from
-- the gateway's metadata. gRPC and gRPC-Web calls pass untouched.

local FACTS = "snapasset"

-- What the gateway tells this script; no caller may set or see it.
local OURS = {"x-http-code", "x-error-body", "x-content-length"}
local GRPC = {
  "grpc-status", "grpc-message", "grpc-status-details-bin", "grpc-timeout", "grpc-encoding",
  "grpc-accept-encoding",
}

-- Failures without a body of ours: they come from the gRPC library, not from the gateway's code.
local BARE = {
  ["503"] = {"Service unavailable", "SERVICE_UNAVAILABLE", "The service is starting or stopping. Please try again."},
  ["504"] = {"Deadline exceeded", "DEADLINE_EXCEEDED", "The request took too long. Please try again."},
}
local MISTAKE = {"Internal server error", "INTERNAL_ERROR", "Something went wrong on our side. Please try again."}

local function remove(headers, names)
  for _, name in ipairs(names) do headers:remove(name) end
end

-- Headers that say who is calling or what is meant: a broken one is reported to the caller.
local MEANT = {authorization = true, ["x-api-key"] = true, ["idempotency-key"] = true, ["content-type"] = true}

-- Values that are not visible ASCII stop here: gRPC would log them in full, repeatedly. Returns the
-- name of one in MEANT; any other is dropped. What a path may contain is another matter.
local function odd_header(headers)
  local dropped = {}
  for name, value in pairs(headers) do
    if name ~= ":path" and value:find("[^\t -~]") then
      if MEANT[name] or name:sub(1, 1) == ":" then return name:sub(1, 64) end
      dropped[#dropped + 1] = name
    end
  end
  remove(headers, dropped)
end

-- Decided just as Envoy's filters decide it: what they transcode must not count as gRPC here.
local function is_grpc(content_type)
  return content_type == "application/grpc" or content_type:find("^application/grpc[+]") ~= nil
end

local function is_token(text)
  return #text >= 8 and #text <= 64 and text:find("^[%w._-]+$") ~= nil
end

-- The byte sequences that form one character (The Unicode Standard, table 3-7), longest first.
local TAIL = "[\128-\191]"
local CHARACTERS = {
  "\240[\144-\191]" .. TAIL .. TAIL,
  "[\241-\243]" .. TAIL .. TAIL .. TAIL,
  "\244[\128-\143]" .. TAIL .. TAIL,
  "\224[\160-\191]" .. TAIL,
  "[\225-\236\238\239]" .. TAIL .. TAIL,
  "\237[\128-\159]" .. TAIL,
  "[\194-\223]" .. TAIL,
}

-- gRPC would report broken UTF-8 as an internal error.
local function is_utf8(path)
  if not path:find("[%%\128-\255]") then return true end
  local rest = path:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  for _, character in ipairs(CHARACTERS) do rest = rest:gsub(character, ".") end
  return not rest:find("[\128-\255]")
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local facts = handle:streamInfo():dynamicMetadata()
  local given = headers:get("x-given-request-id")
  if given and is_token(given) then headers:replace("x-request-id", given) end
  headers:remove("x-given-request-id")
  remove(headers, OURS)
  facts:set(FACTS, "request_id", headers:get("x-request-id") or "")
  local odd = odd_header(headers)
  if odd then
    handle:respond({[":status"] = "400"}, "The header " .. odd .. " may contain visible ASCII characters only.")
    return
  end
  if is_grpc(headers:get("content-type") or "") then
    facts:set(FACTS, "grpc", true)
    return
  end
  remove(headers, GRPC)
  if headers:get(":method") == "CONNECT" then  -- later filters would wait for its end
    handle:respond({[":status"] = "403"}, "")
    return
  end
  if not is_utf8(headers:get(":path")) then
    handle:respond({[":status"] = "400"}, "The path or the query is not UTF-8.")
    return
  end
  if headers:get(":method") == "HEAD" then  -- answered like GET, without the body
    facts:set(FACTS, "head", true)
    headers:replace(":method", "GET")
  end
end

local function bare_error(status, request_id)
  local error, code, message = unpack(BARE[status] or MISTAKE)
  local shape = '{"error": "%s", "message": "%s", "code": "%s", "timestamp": "%s", "requestId": "%s"}'
  return shape:format(error, message, code, os.date("!%Y-%m-%dT%H:%M:%SZ"), request_id)
end

function envoy_on_response(handle)
  local facts = handle:streamInfo():dynamicMetadata():get(FACTS) or {}
  if facts.grpc then return end
  local headers = handle:headers()
  local code, body = headers:get("x-http-code"), headers:get("x-error-body")
  local length, outcome = headers:get("x-content-length"), headers:get("grpc-status") or "0"
  remove(headers, OURS)
  remove(headers, GRPC)

  if outcome ~= "0" and not body then
    -- UNKNOWN: a stopping gateway has cut the call off before it was answered.
    local status = outcome == "2" and "503" or headers:get(":status")
    headers:replace(":status", BARE[status] and status or "500")
    body = bare_error(status, facts.request_id)
  end
  if code then headers:replace(":status", code) end
  if code == "304" then headers:remove("content-type") end
  if body then
    headers:replace("content-type", "application/json")
    local buffer = not facts.head and handle:body(true)
    if buffer then buffer:setBytes(body) end
  elseif length then
    headers:replace("content-length", length)
  end
  if facts.head then
    for chunk in handle:bodyChunks() do chunk:setBytes("") end
  end
  local trailers = handle:trailers()
  if trailers then
    remove(trailers, OURS)
    remove(trailers, GRPC)
  end
end
