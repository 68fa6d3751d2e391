// The events by themselves: on pub/sub, or with a look each second.
import Bull from "bull";
import express from "express";
import {authenticate, fail, listen, redis} from "./peer.mjs";
import {open, pubsub, send} from "./pubsub.mjs";

const app = express();
app.disable("x-powered-by");
app.use("/api", authenticate);

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
