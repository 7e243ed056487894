-- Sends the prepared requests one after the other, and prints what wrk measured as one line of JSON.
local requests = {}

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, token, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    local headers = {
      ["Host"] = wrk.headers["Host"] or "127.0.0.1",
      ["Authorization"] = "Bearer " .. token,
      ["Content-Type"] = "application/json",
    }
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
  place = 0
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '{"count":%d,"took_s":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
