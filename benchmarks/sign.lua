-- Sends the sign form with a new address each time. Arguments: the hidden field `wording`, a prefix.
local number = 0

function setup(thread)
  number = number + 1
  thread:set("id", number)
end

function init(arguments)
  wording, prefix, n = arguments[1], arguments[2], 0
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
end

function request()
  n = n + 1
  local address = prefix .. id .. "-" .. n .. "%40example.org"
  local body = "name=Zo%C3%AB+Lindqvist&country=SE&show_name=full&news=y&wording=" .. wording .. "&email=" .. address
  return wrk.format("POST", nil, nil, body)
end
