"""Moving runs to another tracker and proving it: select, prepare, plan, push, read back, compare, receipt.

Targets are thin (``exporters/<name>.py``): they say what they can hold (``target.Target``), send what they lack and read
back what they hold. All that decides whether anything was lost is here, once, for every target.
"""
