"""Text that XML 1.0 can carry. A leaf: imports no app."""

import re

# Source: XML 1.0, production [2] Char: everything else makes a document ill-formed, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal_in_xml(text: str) -> str:
    """``text`` without the characters no XML document may hold: most controls, surrogates, U+FFFE and U+FFFF."""
    return _ILLEGAL.sub("", text)
