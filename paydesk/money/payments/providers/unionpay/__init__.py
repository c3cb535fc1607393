"""UnionPay's online gateway, interface 5.1.0: payment on its page, refunds, queries, notifications.

Written on `cryptography` and httpx: there is no kept SDK for it.
"""
