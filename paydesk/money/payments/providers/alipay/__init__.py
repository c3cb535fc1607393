"""Alipay's open API: page, app and QR payments, refunds, queries, notifications (RSA2).

Written on `cryptography` and httpx: the SDKs on PyPI fix the gateway's address and read the
machine's own clock.
"""
