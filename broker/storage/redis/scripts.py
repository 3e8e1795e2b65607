"""What runs inside Redis, each verb in one step, on one key (so that a cluster can have it too).

A value is stored as one letter (`v` a value, `t` a tombstone, `c` a counter), the microsecond when
it expires in 16 digits, and the content. Redis forgets it by its own clock; we besides compare with
ours, so that a snapshot that comes back late, or a clock that was set back, returns nothing old.
"""

from dataclasses import dataclass, field
from hashlib import sha1
from typing import Final

_LIVE: Final = """
local stored = redis.call('GET', KEYS[1])
if stored and tonumber(string.sub(stored, 2, 17)) <= tonumber(ARGV[1]) then stored = false end
local letter = stored and string.sub(stored, 1, 1)
"""


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the name that Redis keeps it under (not for security)."""

    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


# ARGV: now, what to store, milliseconds
PUT: Final = Script(
    _LIVE
    + """
if letter == 't' then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
)
ADD: Final = Script(
    _LIVE
    + """
if stored then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
)
# ARGV: now, the tombstone (empty for none), milliseconds
TAKE: Final = Script(
    _LIVE
    + """
if stored and letter ~= 't' then
  if ARGV[2] == '' then redis.call('DEL', KEYS[1])
  else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
end
return stored
"""
)
# ARGV: now, old content, new content
SWAP: Final = Script(
    _LIVE
    + """
if letter ~= 'v' or string.sub(stored, 18) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], string.sub(stored, 1, 17) .. ARGV[3], 'KEEPTTL')
return 1
"""
)
# ARGV: now, how a new counter is stored, milliseconds
COUNT: Final = Script(
    _LIVE
    + """
if not stored then
  redis.call('SET', KEYS[1], ARGV[2] .. '1', 'PX', ARGV[3])
  return 1
end
local hits = tonumber(string.sub(stored, 18)) + 1
redis.call('SET', KEYS[1], string.sub(stored, 1, 17) .. string.format('%d', hits), 'KEEPTTL')
return hits
"""
)
# Takes the time alone.
DROP: Final = Script(
    _LIVE
    + """
if letter == 't' then return 0 end
return redis.call('DEL', KEYS[1])
"""
)
