// Server-sent events as one writes them in Node: on Redis pub/sub, or with a look each second.
import Bull from "bull";
import express from "express";
import Redis from "ioredis";
import {authenticate, fail, listen, redis} from "./peer.mjs";

const app = express();
app.disable("x-powered-by");
app.use("/api", authenticate);

const send = (response, event) => response.write(`data: ${JSON.stringify(event)}\n\n`);

function open(request, response) {
  response.writeHead(200, {"content-type": "text/event-stream", "cache-control": "no-cache"});
  send(response, {type: "connected", jobId: request.params.jobId});
}

const pubsub = () => {
  const subscriber = new Redis(redis);
  const watchers = new Map();
  subscriber.on("message", (channel, text) => {
    for (const response of watchers.get(channel) ?? []) send(response, JSON.parse(text));
  });
  return async (request, response) => {
    const channel = `peer:changes:${request.params.jobId}`;
    if (!watchers.has(channel)) watchers.set(channel, new Set());
    watchers.get(channel).add(response);
    request.on("close", () => {
      watchers.get(channel)?.delete(response);
      if (watchers.get(channel)?.size === 0) {
        watchers.delete(channel);
        subscriber.unsubscribe(channel);
      }
    });
    await subscriber.subscribe(channel);
    open(request, response);
  };
};

const polling = () => {
  const queue = new Bull("images", {redis});
  return async (request, response) => {
    const job = await queue.getJob(request.params.jobId);
    if (!job) return fail(response, 404, "JOB_NOT_FOUND", "There is no such job.");
    open(request, response);
    const timer = setInterval(async () => {
      const now = await queue.getJob(request.params.jobId);
      if (!now) return;
      const [status, progress] = [await now.getState(), now.progress()];
      send(response, {type: "progress", jobId: now.id, status, ...progress});
    }, 1000);
    request.on("close", () => clearInterval(timer));
  };
};

app.get("/api/sse/jobs/:jobId", process.env.PEER_EVENTS === "polling" ? polling() : pubsub());
listen(app);
