"""Translations: the Chinese text is the msgid, each app keeps its English beside its code."""
