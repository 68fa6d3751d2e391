// One job from prompt to image addresses: SNAPASSET_TOKEN=... node examples/job.js "A prompt"
import { JobFailedError, SnapAssetClient, printable } from 'snapasset-client';

const { SNAPASSET_URL = 'http://localhost:3001', SNAPASSET_TOKEN, SNAPASSET_USER = 'user-123' } =
  process.env;
const client = new SnapAssetClient(SNAPASSET_URL, SNAPASSET_TOKEN);
const order = {
  userId: SNAPASSET_USER,
  prompt: process.argv[2] ?? 'A lighthouse in a storm',
  platforms: ['instagram-post', 'twitter-post'],
};
const onUpdate = ({ progress, message }) => console.log(printable(`${progress}% ${message}`));

try {
  const { result } = await client.createAndWait(order, { onUpdate });
  for (const { platform, url, width, height } of result.images) {
    console.log(printable(`${platform}, ${width} x ${height}: ${url}`));
  }
} catch (error) {
  const what = error instanceof JobFailedError ? `Job ${error.event.status}` : 'Refused';
  console.error(`${what}: ${error.message} (${error.code})`);
  process.exitCode = 1;
}
