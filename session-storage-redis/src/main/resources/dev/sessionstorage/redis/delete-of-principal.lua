-- Ends a record if it belongs to the principal ARGV[1]: 1. A record that has moved to a new id, whose version is -1, is 2.
-- ARGV: principal, what is left for a while, so that a write which comes late does not bring it back, and for how long.
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
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
