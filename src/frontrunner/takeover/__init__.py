"""The take-over: a plan, evidence, a ledger, and one loop that moves users on evidence.

Reading order: `stages`, `plan`, `records`, `machine` (pure), then `controller`.
"""
