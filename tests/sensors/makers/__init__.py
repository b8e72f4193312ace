"""The makers' side of every kind of sensor, written from what is known of them.

Nothing here is shared with our adapters: where the two disagree, one of them is wrong.
"""
