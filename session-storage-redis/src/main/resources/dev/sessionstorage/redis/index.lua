-- Adds a session to its principal's index and removes expired entries. ARGV: expiry, the session's handle.
-- A late request never shortens an entry's expiry (GT). The set expires with the last of its sessions.
redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 + math.floor(time[2] / 1000) - 1)
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if last[2] then
  redis.call('PEXPIREAT', KEYS[1], last[2])
end
return 1
