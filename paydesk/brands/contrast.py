"""WCAG contrast between two colours. Pure arithmetic; it decides nothing."""

import re

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5
"""Smallest ratio at which WCAG 2.2 AA calls body text readable."""


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white, of a colour written `#rrggbb`."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, from 1 (same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
