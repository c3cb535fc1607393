"""URL configurations, one per realm."""
