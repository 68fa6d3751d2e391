// Server-sent events as one writes them in Node: on Redis pub/sub.
import Redis from "ioredis";
import {redis} from "./peer.mjs";

export const channelOf = (jobId) => `peer:changes:${jobId}`;

export function send(response, event) {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
  if (event.type === "done") response.end();
}

export function open(request, response) {
  response.writeHead(200, {"content-type": "text/event-stream", "cache-control": "no-cache"});
  send(response, {type: "connected", jobId: request.params.jobId});
}

// `snapshot` returns the event that tells what a job has come to, if that is to be sent at once.
export function pubsub(snapshot = async () => null) {
  const subscriber = new Redis(redis);
  const watchers = new Map();
  subscriber.on("message", (channel, text) => {
    for (const response of watchers.get(channel) ?? []) send(response, JSON.parse(text));
  });
  return async (request, response) => {
    const channel = channelOf(request.params.jobId);
    if (!watchers.has(channel)) watchers.set(channel, new Set());
    request.on("close", () => {
      watchers.get(channel)?.delete(response);
      if (watchers.get(channel)?.size === 0) {
        watchers.delete(channel);
        subscriber.unsubscribe(channel);
      }
    });
    await subscriber.subscribe(channel);
    open(request, response);
    watchers.get(channel)?.add(response);
    const now = await snapshot(request.params.jobId);
    if (now && !response.writableEnded) send(response, now);
  };
}
