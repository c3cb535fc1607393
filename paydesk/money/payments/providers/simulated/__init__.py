"""The simulated provider: ships with the product, for demos, training and fault tests.

It keeps a book of its own, answers by test instruments and misbehaves when it is told to.
"""
