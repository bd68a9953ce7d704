-- Sends the sign form with a new address each time, each time from another network.
-- Arguments: the hidden fields, a prefix, and a network if it is to be always the same one.
local number = 0

function setup(thread)
  number = number + 1
  thread:set("id", number)
end

function init(arguments)
  hidden, prefix, network, n = arguments[1], arguments[2], arguments[3], 0
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
end

function request()
  n = n + 1
  wrk.headers["X-Forwarded-For"] = network or string.format("%d.%d.%d.%d", 10 + id, n / 65536 % 256, n / 256 % 256, n % 256)
  local address = prefix .. id .. "-" .. n .. "%40posteo.de"
  local body = "name=Zo%C3%AB+Lindqvist&country=SE&show_name=full&news=y&" .. hidden .. "&email=" .. address
  return wrk.format("POST", nil, nil, body)
end
