-- One client process of the API benchmark: a fresh Idempotency-Key a request, recipients in turn.
local count, bodies, prefix = 0, {}, ""

function init(args)
  local file = assert(io.open(args[1], "r"))
  for line in file:lines() do bodies[#bodies + 1] = line end
  file:close()
  prefix = args[2]
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. args[3]
  wrk.headers["Content-Type"] = "application/json"
  math.randomseed(os.time())
  prefix = prefix .. tostring(math.random(1, 2 ^ 30)) .. "-"
end

function request()
  count = count + 1
  wrk.headers["Idempotency-Key"] = prefix .. count
  return wrk.format(nil, nil, nil, bodies[count % #bodies + 1])
end
