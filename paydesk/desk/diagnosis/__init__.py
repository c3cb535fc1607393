"""Why a payment did not succeed: recorded facts in, a finding out, rendered for its reader.

Knows no case and changes nothing. Ask `queries.explain`.
"""
