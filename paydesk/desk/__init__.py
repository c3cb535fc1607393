"""The service desk: cases, channels, diagnosis."""
