-- Replaces a record if it has the version in ARGV[1], and the mark if given. ARGV: these, new value, PX or PXAT, expiry.
-- After a broken connection the same write may come again. Its version and mark are then stored already, so it has won.
local function hasHere(text)
  return redis.call('GETRANGE', KEYS[1], 20, 19 + #text) == text
end
if hasHere(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[2], ARGV[3], ARGV[4])
  return 1
end
return hasHere(string.match(ARGV[2], '^%S+ (%S+ %S+ )')) and 1 or 0
