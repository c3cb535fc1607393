"""Pages: paying a merchant or a request."""
