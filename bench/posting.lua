-- Posts a new comment with every request, each from another browser and network, and counts what was acknowledged.
-- Arguments: the mean pause of a client in milliseconds (0: none), then address and form stamp of each story in turn.
local counter, thread_number = 0, 0
local threads = {}

function setup(thread)
  thread_number = thread_number + 1
  thread:set("number", thread_number)
  table.insert(threads, thread)
end

function init(arguments)
  pause, stories = tonumber(arguments[1]), {}
  for index = 2, #arguments, 2 do
    table.insert(stories, { path = arguments[index], stamp = arguments[index + 1] })
  end
  received, refused = 0, 0
  math.randomseed(os.time() + number)
end

function delay()
  return math.floor(pause * (0.5 + math.random()))
end

function request()
  counter = counter + 1
  local story = stories[counter % #stories + 1]
  local text = string.format("Comment+%d.%d.%d+about+the+bridge+and+the+river", number, counter, math.random(1, 1e9))
  local headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = string.format("sender=%08x%08x%016x", number, counter, math.random(1, 2 ^ 31)),
    ["X-Forwarded-For"] = string.format("10.%d.%d.1", math.random(0, 255), math.random(0, 255)),
  }
  return wrk.format("POST", story.path, headers, "name=Reader&comment=" .. text .. "&stamp=" .. story.stamp)
end

function response(status)
  if status == 303 then received = received + 1 else refused = refused + 1 end
end

function done(summary, latency)
  local all, other = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("received")
    other = other + thread:get("refused")
  end
  print(string.format("RECEIVED %d REFUSED %d P50 %d P99 %d", all, other, latency:percentile(50), latency:percentile(99)))
end
