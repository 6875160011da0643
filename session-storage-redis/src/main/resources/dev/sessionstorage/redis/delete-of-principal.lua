-- Ends a record if it belongs to the principal ARGV[1]: 1. A record that has moved to a new id, whose version is -1, is 2.
-- ARGV: principal, what is left for a while, so that a write which comes late does not bring it back, and for how long.
-- A full memory takes nothing more, but lets go.
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
