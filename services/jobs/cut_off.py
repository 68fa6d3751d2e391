"""How long a cancelled attempt may take to end, so that a retry never buys alongside it.

An attempt that is cancelled while a bought image is on its way to storage finishes storing it. The
retry waits for that and then finds the image, so these three limits must keep their order.
"""

GIVEN_UP_SECONDS = 4.0
"""A bought image that has not reached storage by then is given up along with its attempt."""

GONE_SECONDS = GIVEN_UP_SECONDS + 2.0
"""By then a cancelled attempt is gone: what it bought is stored, or its worker is dead."""

LOOKED_FOR_SECONDS = GONE_SECONDS + 4.0
"""After waiting this long for a cancelled attempt a retry buys, whatever Redis says about it."""
