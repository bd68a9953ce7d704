-- Presses the button of each link in a file once. Argument: the file, one path a line.
local number = 0

function setup(thread)
  number = number + 1
  thread:set("id", number)
end

function init(arguments)
  paths, n = {}, 0
  local line_number = 0
  for line in io.lines(arguments[1]) do
    line_number = line_number + 1
    if line_number % 2 == id % 2 then paths[#paths + 1] = line end
  end
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
end

function request()
  n = n % #paths + 1
  return wrk.format("POST", paths[n], nil, "revision=1")
end
