"""How long a cancelled attempt may take to end, so that a retry never buys beside it.

An attempt that is cancelled while a bought image is on its way to storage goes on storing it. The
retry waits for it and then finds the image. So the three limits must keep their order.
"""

GIVEN_UP_SECONDS = 4.0
"""A bought image that has not reached storage by then is given up with its attempt."""

GONE_SECONDS = GIVEN_UP_SECONDS + 2.0
"""A cancelled attempt is gone by then: what it has bought is stored, or its worker is dead."""

LOOKED_FOR_SECONDS = GONE_SECONDS + 4.0
"""A retry that has waited so long for a cancelled attempt buys, whatever Redis says of it."""
