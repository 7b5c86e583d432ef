// Scripts run as one step. Keys: the index of all names, the index of those that end, and the key of the empty name,
// which is what every key of a value begins with. A client may put a prefix of its own before keys, so that no script
// is told the prefix but as a key. The server's clock decides what is over.

const CLOCK = `
local time = redis.call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Arguments, for each key after the third: what is expected (`*`, `-` or `=` and the value), written, and for how long. */
export const COMMIT: string = `${CLOCK}
local index, ends, base = KEYS[1], KEYS[2], #KEYS[3]
for i = 4, #KEYS do
  local mode, expected = ARGV[i * 5 - 19], ARGV[i * 5 - 18]
  if mode ~= '*' then
    local found = redis.call('GET', KEYS[i])
    if mode == '-' and found or mode == '=' and found ~= expected then return 0 end
  end
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', '(' .. clock, 'LIMIT', 0, 4)) do
  redis.call('ZREM', index, name)
  redis.call('ZREM', ends, name)
end
for i = 4, #KEYS do
  local mode, value, ttl = ARGV[i * 5 - 17], ARGV[i * 5 - 16], ARGV[i * 5 - 15]
  local name = string.sub(KEYS[i], base + 1)
  if mode == '-' then
    redis.call('DEL', KEYS[i])
    redis.call('ZREM', index, name)
    redis.call('ZREM', ends, name)
  elseif mode == '=' then
    redis.call('ZADD', index, 0, name)
    if ttl == '' then
      redis.call('SET', KEYS[i], value)
      redis.call('ZREM', ends, name)
    else
      redis.call('SET', KEYS[i], value, 'PX', ttl)
      redis.call('ZADD', ends, string.format('%.0f', clock + ttl), name)
    end
  end
end
return 1`

/** Argument: what names begin with. Gives names and values in turn. */
export const LIST: string = `
local from, to = '-', '+'
if ARGV[1] ~= '' then from, to = '[' .. ARGV[1], '(' .. ARGV[1] .. '\\255' end
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], from, to)) do
  local value = redis.call('GET', KEYS[3] .. name)
  if value then
    found[#found + 1] = name
    found[#found + 1] = value
  end
end
return found`

const READ_COUNT = `
local function read(text)
  local count, ends = string.match(text or '', '^(%d+):(%d+)$')
  if count and tonumber(ends) > clock then return tonumber(count), tonumber(ends) end
  return 0, 0
end`

/**
 * Key: a hash of `count:end` by day. Arguments: the limit, the time or `''` for the server's, how long a count is kept.
 * Gives whether it was counted, the count and the time.
 */
export const TAKE: string = `${CLOCK}${READ_COUNT}
local now, keep = clock, tonumber(ARGV[3])
if ARGV[2] ~= '' then now = tonumber(ARGV[2]) end
local day = string.format('%.0f', math.floor(now / 86400000))
local count, ends = read(redis.call('HGET', KEYS[1], day))
if count >= tonumber(ARGV[1]) then return {0, count, now} end
if count == 0 then
  local days = redis.call('HGETALL', KEYS[1])
  for i = 1, #days, 2 do
    if read(days[i + 1]) == 0 then redis.call('HDEL', KEYS[1], days[i]) end
  end
end
ends = string.format('%.0f', math.max(ends, clock + keep))
redis.call('HSET', KEYS[1], day, string.format('%.0f:', count + 1) .. ends)
if redis.call('PTTL', KEYS[1]) < keep then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return {1, count + 1, now}`

/** Gives days and counts in turn. */
export const READ_COUNTS: string = `${CLOCK}${READ_COUNT}
local days, found = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #days, 2 do
  local count = read(days[i + 1])
  if count > 0 then
    found[#found + 1] = tonumber(days[i])
    found[#found + 1] = count
  end
end
return found`
