"""Brands: what sets each platform apart, as validated profiles. Holds no data of customers."""
