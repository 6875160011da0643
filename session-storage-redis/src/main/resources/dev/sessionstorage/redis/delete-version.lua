-- Deletes a record if it has the version ARGV[1].
if string.match(redis.call('GETRANGE', KEYS[1], 20, 60), '^(%d+) ') ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
