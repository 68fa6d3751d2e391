// Bull's worker: puts the jobs in line, says so, and begins when it is told to.
import Bull from "bull";
import {redis} from "./peer.mjs";

const [count, seconds, concurrency] = process.argv.slice(2).map(Number);
const REPORTS = 10;
const queue = new Bull("bench", {redis});

await queue.addBulk(Array.from({length: count}, (_, number) => ({data: {number}})));
console.log("ready");
process.stdin.once("data", () => queue.process(concurrency, async (job) => {
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  for (let number = 1; number <= REPORTS; number++) await job.progress(100 * number / REPORTS);
}));
process.on("SIGTERM", () => process.exit(0));
