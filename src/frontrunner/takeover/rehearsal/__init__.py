"""A rehearsal of a take-over: real processes on loopback, simulated users, and every fault.

Reading order: `population`, `asked`, `habits` and `drive` (who asks what), `book`, `shares` and
`flips` (the outcome; pure), `installation`, `saboteur` and `falsify` (what runs, and what
spoils it), `faults` and `conductor` (what happens when), `findings` (what must hold; pure), `story`
and `picture` (the report).
"""
