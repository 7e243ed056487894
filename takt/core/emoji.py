"""Whether a text is one emoji: what a reaction may carry.

Made of code points alone (Unicode Technical Standard 51, "Emoji sequences"): a base, maybe with a skin tone and a
variation selector, joined to others by U+200D; two regional indicators; a keycap; a flag spelled with tags.
"""

import re
from typing import Final

EMOJI_CHARS_MAX: Final = 32

_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f170-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff]"
)
_ONE = f"{_BASE}[\U0001f3fb-\U0001f3ff]?\ufe0f?\u20e3?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = re.compile(
    f"(?:{_ONE}(?:\u200d(?:{_ONE}))*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\U0001f3fb-\U0001f3ff])"
)


def is_emoji(text: str) -> bool:
    """Whether the text is exactly one emoji of at most 32 code points."""
    return len(text) <= EMOJI_CHARS_MAX and _EMOJI.fullmatch(text) is not None
