"""How often Python looks for garbage that refers to itself.

Most garbage goes by itself, when nothing refers to it any more. The rest is looked for each time that some hundreds of
objects more have been made than have gone, and now and then among all objects there are: with the modules and models of
a service that is much work, for each few requests anew, and finds nothing.
"""

import gc

# As many objects as a few requests at once make; what refers to itself is kept that much longer. While many connections
# are open, most of what is looked through is theirs: of 20,000 objects that was a pause of ten milliseconds.
_YOUNG = 5_000
# Those that were still in use then are looked at again this soon: what is looked through at once is a pause.
_MIDDLE = 2


def keep_what_is_there() -> None:
    """Everything that was made up to now is here to stay and not looked through again. To be called once, at start."""
    gc.collect()
    gc.freeze()
    _, _, old = gc.get_threshold()
    gc.set_threshold(_YOUNG, _MIDDLE, old)
