"""WeChat Pay, API v3: native (QR), JSAPI and H5 orders, refunds, queries, sealed notifications.

Written on `cryptography` and httpx: the SDK on PyPI fixes the gateway's address, downloads
certificates while it is made, and does not look at a notification's age.
"""
