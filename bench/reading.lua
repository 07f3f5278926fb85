-- Reads one page with a pause before each request. Argument: the mean pause of a client in milliseconds.
function init(arguments)
  pause = tonumber(arguments[1])
end

function delay()
  return math.floor(pause * (0.5 + math.random()))
end
