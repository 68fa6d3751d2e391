// The job API as one writes it with Express and Bull: the same checks, fields and answers as ours.
import {createHmac, randomBytes} from "node:crypto";
import Bull from "bull";
import {fail, redis} from "./peer.mjs";

const PLATFORMS = new Set(["instagram-post", "instagram-story", "twitter-post", "facebook-post"]);
const ticketKey = randomBytes(32);

export const openQueue = () => new Bull("images", {
  redis,
  defaultJobOptions: {attempts: 3, backoff: {type: "exponential", delay: 2000}},
});

export function serveJobs(app, queue) {
  app.post("/api/jobs", async (request, response) => {
    const {userId, prompt, platforms, options} = request.body ?? {};
    const fine = typeof userId === "string" && typeof prompt === "string" && prompt.length >= 10
      && Array.isArray(platforms) && platforms.length && platforms.every((one) => PLATFORMS.has(one));
    if (!fine) return fail(response, 400, "INVALID_REQUEST", "The request has mistakes.");
    if (userId !== request.owner) return fail(response, 403, "FORBIDDEN", "userId must be your own.");
    const jobId = `gen-${Date.now()}-${randomBytes(16).toString("hex")}`;
    await queue.add({userId, prompt, platforms, options}, {jobId});
    const stream = `/api/sse/jobs/${jobId}`;
    const ticket = createHmac("sha256", ticketKey).update(jobId).digest("base64url");
    response.status(201).json({
      jobId,
      status: "queued",
      message: "Job created successfully",
      estimatedTime: "30 seconds",
      streamUrl: `${stream}?ticket=${ticket}`,
      links: {self: `/api/jobs/${jobId}`, stream, cancel: `/api/jobs/${jobId}/cancel`},
    });
  });

  app.get("/api/jobs/:jobId", async (request, response) => {
    const job = await queue.getJob(request.params.jobId);
    if (!job || job.data.userId !== request.owner) {
      return fail(response, 404, "JOB_NOT_FOUND", "There is no such job.");
    }
    const [status, {logs}] = await Promise.all([job.getState(), queue.getJobLogs(job.id)]);
    const iso = (ms) => ms ? new Date(ms).toISOString() : null;
    response.json({
      jobId: job.id,
      status,
      progress: job.progress(),
      data: job.data,
      logs,
      createdAt: iso(job.timestamp),
      processedAt: iso(job.processedOn),
      finishedAt: iso(job.finishedOn),
      result: job.returnvalue,
      error: job.failedReason ?? null,
      message: "",
      attempts: job.attemptsMade,
      nextRunAt: null,
    });
  });
}
