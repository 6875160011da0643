-- Moves the expiry of a record if it has the version and mark in ARGV[1]. ARGV: these, expiry as stored, expiry of the key.
if redis.call('GETRANGE', KEYS[1], 20, 19 + #ARGV[1]) ~= ARGV[1] then
  return 0
end
redis.call('SETRANGE', KEYS[1], 0, ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1
