-- Replaces a record if it has the version ARGV[1]. ARGV: version and a space, new value, expiry, new version and write mark.
-- A connection that broke may send the same write again: it is known by its mark, and has won already.
local current = redis.call('GETRANGE', KEYS[1], 20, 60)
if string.sub(current, 1, #ARGV[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
  return 1
end
return string.sub(current, 1, #ARGV[4]) == ARGV[4] and 1 or 0
