-- Deletes a record if it belongs to the principal ARGV[1]: 1. A record that has moved to a new id, whose version is -1, is 2.
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
return redis.call('DEL', KEYS[1])
