-- Replaces a record if it has the version, and the mark if there is one, of ARGV[1]. ARGV: these, new value, PX or PXAT, expiry.
-- A connection that broke may send the same write again: it is known by its version and mark, and has won already.
local function hasHere(text)
  return redis.call('GETRANGE', KEYS[1], 20, 19 + #text) == text
end
if hasHere(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[2], ARGV[3], ARGV[4])
  return 1
end
return hasHere(string.match(ARGV[2], '^%S+ (%S+ %S+ )')) and 1 or 0
