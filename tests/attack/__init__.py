"""What somebody could try against the whole of it: each test is an attack that must fail."""
