/**
 * The words for states and for what can go wrong, the same as in the command line: a test compares
 * this table with clients/python/snapasset_client/words.py, so but for two words it is JSON.
 */
export default {
  "states": ["waiting", "active", "delayed", "completed", "failed", "cancelled"],
  "ended": "Job {status}",
  "about": "about {time}",
  "missing": "{what} is missing",
  "master": "Image {number}",
  "goes_on": "The job goes on",
  "paused": "The queue is paused.",
  "resumed": "The queue runs.",
  "no_jobs": "There are no jobs.",
  "no_history": "There is nothing in the history.",
  "no_uploads": "There are no uploads.",
  "no_platforms": "There are no platforms.",
  "no_webhooks": "There are no webhooks.",
  "no_deliveries": "Nothing was sent to this webhook.",
  "shown_once": "Keep the secret: it is not shown again.",
  "unreachable": "The API cannot be reached.",
  "too_slow": "The API did not answer in time.",
  "stream_ended": "The stream ended before the job."
};
