"""Risk: decisions about payments from plain facts, by rules that are data of each brand."""
