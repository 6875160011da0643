-- Notes a session under its principal and forgets those that have expired. ARGV: expiry, the session's handle.
-- A request that comes late never shortens what is noted (GT); the set ends with the last of its sessions.
redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 + math.floor(time[2] / 1000) - 1)
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if last[2] then
  redis.call('PEXPIREAT', KEYS[1], last[2])
end
return 1
