"""The house's own lint rules: a convention without a check is a wish."""
