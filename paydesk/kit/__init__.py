"""Shared tools that know no domain: clock, ids, money, actors, reactions, events, shield."""
