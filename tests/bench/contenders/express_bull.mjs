// The job API by itself, with rate limits on Redis if they are wanted.
import express from "express";
import {rateLimit} from "express-rate-limit";
import Redis from "ioredis";
import {RedisStore} from "rate-limit-redis";
import {openQueue, serveJobs} from "./jobs.mjs";
import {authenticate, listen, redis} from "./peer.mjs";

const app = express();
app.disable("x-powered-by");
app.use(express.json({limit: "1mb"}));
app.use("/api", authenticate);
if (process.env.PEER_LIMITS) {
  const counters = new Redis(redis);
  const counted = (prefix, windowMs) => rateLimit({
    windowMs,
    limit: 1_000_000,
    keyGenerator: (request) => request.owner,
    store: new RedisStore({prefix, sendCommand: (...command) => counters.call(...command)}),
  });
  app.use("/api", counted("requests:", 15 * 60_000));
  app.post("/api/jobs", counted("jobs:", 60 * 60_000));
}

serveJobs(app, openQueue());
listen(app);
