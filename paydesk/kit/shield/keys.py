"""Finds private keys: PEM blocks, extended keys, wallet import format, 64 hexadecimal digits;
and the keys of merchants' programs and of payment providers, which begin with what they are.

The identifier of a transaction is also 64 hexadecimal digits: it is left alone where the text,
or a 0x in front, says so.
"""

import hashlib
import re
from collections.abc import Iterator

from paydesk.kit.shield.kinds import Finding, Kind

_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY = re.compile(r"[\sA-Za-z0-9+/=:,-]*")
_EXTENDED = re.compile(
    r"(?<![A-Za-z0-9])[xyztuvXYZTUV]prv[1-9A-HJ-NP-Za-km-z]{100,112}(?![A-Za-z0-9])"
)
_IMPORT = re.compile(r"(?<![A-Za-z0-9])[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(0[xX])?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_NAMED = re.compile(
    r"(?:私钥|秘钥|密钥|private key|secret key|signing key)[\s:=是为]{0,6}[\"'“]?"
    r"([A-Za-z0-9+/=_-]{32,200})(?![A-Za-z0-9+/=_-])",
    re.IGNORECASE,
)
_API = re.compile(  # shorter ones are the beginning by which people tell their keys apart
    r"(?<![A-Za-z0-9])(?i:(?:pd|sk|rk)_(?:live|test)_|whsec_)[A-Za-z0-9+/=_-]{12,}"
)
_KEY_WORD = re.compile(r"私钥|秘钥|密钥|\bkey\b|secret", re.IGNORECASE)
_HASH_WORD = re.compile(
    r"哈希|交易|流水|区块|校验|指纹|\btx|hash|sha-?256|digest|checksum|transaction|block|commit",
    re.IGNORECASE,
)
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {char: value for value, char in enumerate(_ALPHABET)}
_REACH = 40


def find(text: str) -> Iterator[Finding]:
    """Private keys and keys of programs in a plain view."""
    for match in _API.finditer(text):
        yield Finding(*match.span(), Kind.API_KEY)
    for start, end in (*_pem(text), *_encoded(text), *_hexadecimal(text)):
        yield Finding(start, end, Kind.PRIVATE_KEY)


def _pem(text: str) -> Iterator[tuple[int, int]]:
    """Blocks from BEGIN to END; without an end, as far as the text looks like a key."""
    place = 0
    has_end = True
    while begin := _PEM_BEGIN.search(text, place):
        end = _PEM_END.search(text, begin.end()) if has_end else None
        has_end = end is not None
        body = _PEM_BODY.match(text, begin.end())
        place = end.end() if end else body.end() if body else begin.end()
        yield begin.start(), place


def _encoded(text: str) -> Iterator[tuple[int, int]]:
    for match in _EXTENDED.finditer(text):
        yield match.span()
    for match in _IMPORT.finditer(text):
        if _is_base58check(match.group()):
            yield match.span()
    for match in _NAMED.finditer(text):
        yield match.span(1)


def _hexadecimal(text: str) -> Iterator[tuple[int, int]]:
    for match in _HEX.finditer(text):
        before = max(0, match.start() - _REACH)
        key = _KEY_WORD.search(text, before, match.start())
        hashed = _HASH_WORD.search(text, before, match.start())
        if key or not (hashed or match[1]):
            yield match.span()


def _is_base58check(text: str) -> bool:
    number = 0
    for char in text:
        number = number * 58 + _VALUE[char]
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    check = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4]
    return len(raw) in (37, 38) and check == raw[-4:]
