/**
 * The words for what can be the matter, the same as those of the command line: a test holds this
 * table against clients/python/snapasset_client/words.py, so it is JSON but for the two words before it.
 */
export default {
  "states": ["waiting", "active", "delayed", "completed", "failed", "cancelled"],
  "ended": "Job {status}",
  "about": "about {time}",
  "goes_on": "The job goes on",
  "paused": "The queue is paused.",
  "resumed": "The queue runs.",
  "no_jobs": "There are no jobs.",
  "no_history": "There is nothing in the history.",
  "no_platforms": "There are no platforms.",
  "unreachable": "The API cannot be reached.",
  "too_slow": "The API did not answer in time.",
  "stream_ended": "The stream ended before the job."
};
