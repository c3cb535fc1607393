"""Exchange: quotes with rate, fee and expiry, conversion, payments across borders."""
