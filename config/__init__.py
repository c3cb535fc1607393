"""Django configuration of the installation; no behaviour of its own."""
