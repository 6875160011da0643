-- Ends a record if it belongs to the principal ARGV[1]. Returns 1 if so, 2 if it has moved to a new id (version -1), else 0.
-- ARGV: principal, the marker that keeps a late write from bringing the record back, its lifetime in milliseconds.
-- If the memory is full, the marker is refused, but a delete still works.
local value = redis.call('GET', KEYS[1])
if not value then
  return 0
end
local version, length, start = string.match(value, '^%S+ (%S+) %S+ %S+ (%S+) ()')
if version == '-1' then
  return 2
end
if tonumber(length) ~= #ARGV[1] or string.sub(value, start, start + #ARGV[1] - 1) ~= ARGV[1] then
  return 0
end
if redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]).err then
  redis.call('DEL', KEYS[1])
end
return 1
