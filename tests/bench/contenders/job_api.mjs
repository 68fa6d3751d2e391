// The API of the whole job: jobs and their events in one process.
import express from "express";
import {openQueue, serveJobs} from "./jobs.mjs";
import {authenticate, listen} from "./peer.mjs";
import {pubsub} from "./pubsub.mjs";

const app = express();
app.disable("x-powered-by");
app.use(express.json({limit: "1mb"}));
app.use("/api", authenticate);

const queue = openQueue();
serveJobs(app, queue);
app.get("/api/sse/jobs/:jobId", pubsub(async (jobId) => {
  const job = await queue.getJob(jobId);
  if (!job) return null;
  const [status, progress, result] = [await job.getState(), job.progress(), job.returnvalue];
  return {type: status === "completed" ? "done" : "status", jobId, status, progress, result};
}));
listen(app);
