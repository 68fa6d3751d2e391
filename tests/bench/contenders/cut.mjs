// The renditions as one makes them with sharp: decoded once to raw pixels, then one after another.
import sharp from "sharp";

sharp.cache(false);

export async function* cut(picture, targets, quality, position = "centre") {
  const {data, info} = await sharp(picture).removeAlpha().raw().toBuffer({resolveWithObject: true});
  const raw = {width: info.width, height: info.height, channels: info.channels};
  for (const {width, height} of targets) {
    yield await sharp(data, {raw})
      .resize(width, height, {fit: "cover", position})
      .jpeg({quality, chromaSubsampling: "4:2:0", progressive: true})
      .toBuffer();
  }
}
