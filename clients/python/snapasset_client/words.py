"""The words for states and for what can go wrong, the same as on the studio page.

A test compares them with clients/studio/words.js.
"""

STATES = ("waiting", "active", "delayed", "completed", "failed", "cancelled")

ENDED = "Job {status}"
ABOUT = "about {time}"
MISSING = "{what} is missing"
MASTER = "Image {number}"
GOES_ON = "The job goes on"
PAUSED = "The queue is paused."
RESUMED = "The queue runs."
NO_JOBS = "There are no jobs."
NO_HISTORY = "There is nothing in the history."
NO_UPLOADS = "There are no uploads."
NO_PLATFORMS = "There are no platforms."
NO_WEBHOOKS = "There are no webhooks."
NO_DELIVERIES = "Nothing was sent to this webhook."
SHOWN_ONCE = "Keep the secret: it is not shown again."
UNREACHABLE = "The API cannot be reached."
TOO_SLOW = "The API did not answer in time."
STREAM_ENDED = "The stream ended before the job."
