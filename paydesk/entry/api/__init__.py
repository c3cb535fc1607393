"""The HTTP API for merchants: schemas, keys, idempotency. Acts only through actions."""
