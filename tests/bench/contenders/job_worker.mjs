// The worker of the whole job, as one writes it with Bull and sharp: it buys the image, receives it,
// records it, cuts it, stores the files, and tells its progress.
import {mkdir, writeFile} from "node:fs/promises";
import path from "node:path";
import Redis from "ioredis";
import sharp from "sharp";
import {cut} from "./cut.mjs";
import {openQueue} from "./jobs.mjs";
import {redis} from "./peer.mjs";
import {channelOf} from "./pubsub.mjs";

const {folder, imageApi, atOnce, quality, targets} = JSON.parse(process.env.PEER_WORK);
const sizes = new Map(targets.map((target) => [target.id, target]));
const publisher = new Redis(redis);

const publish = (jobId, event) => publisher.publish(
  channelOf(jobId),
  JSON.stringify({jobId, timestamp: new Date().toISOString(), ...event}),
);

const tell = (job, progress, message) => Promise.all([
  job.progress(progress),
  job.log(message),
  publish(job.id, {type: "progress", status: "active", progress, message}),
]);

async function buy(prompt) {
  const response = await fetch(`${imageApi}/images/generations`, {
    method: "POST",
    headers: {"content-type": "application/json", authorization: "Bearer none"},
    body: JSON.stringify({model: "gpt-image-2", prompt, size: "1536x1024", quality: "high"}),
  });
  if (!response.ok) throw new Error(`The image API answered ${response.status}.`);
  const {data: [image]} = await response.json();
  return image.b64_json;
}

async function work(job) {
  const {userId, prompt, platforms} = job.data;
  const home = path.join(folder, userId, job.id);
  const store = (name, data) => writeFile(path.join(home, name), data);

  await tell(job, 10, "Starting image generation...");
  const bought = await buy(prompt);
  await tell(job, 30, "Image generated successfully");
  const master = Buffer.from(bought, "base64");
  const {width, height, format} = await sharp(master).metadata();
  await mkdir(home, {recursive: true});
  await store(`master.${format}`, master);
  await tell(job, 40, "Image received");
  const generation = {id: job.id, userId, prompt, width, height, createdAt: new Date()};
  await store("generation.json", JSON.stringify(generation));
  await tell(job, 50, "Saved to the history");

  const images = [], wanted = platforms.map((platform) => sizes.get(platform));
  for await (const rendition of cut(master, wanted, quality)) {
    const {id, width, height} = wanted[images.length];
    const name = `${id}-${width}x${height}.jpg`;
    await store(name, rendition);
    const url = `/images/${userId}/${job.id}/${name}`;
    images.push({platform: id, url, width, height, size: rendition.length});
    await tell(job, 50 + 50 * images.length / wanted.length, `Processed ${id}`);
  }
  return {success: true, generationId: job.id, images};
}

const queue = openQueue();
queue.process(atOnce, work);
queue.on("completed", (job, result) => publish(
  job.id, {type: "done", status: "completed", progress: 100, result},
));
queue.on("failed", (job, error) => publish(
  job.id, {type: "done", status: "failed", error: error.message},
));
await queue.isReady();
console.log(0); // it listens on no port
process.on("SIGTERM", () => process.exit(0));
