"""Uploads and generated files: sniffed, stored, handed out by expiring links."""
