// Pictures and files on their way to the stage.

export const LARGEST = 9 * 2 ** 20; // bytes

const SKIES = [["#f6d365", "#fda085"], ["#a1c4fd", "#c2e9fb"], ["#fbc2eb", "#a18cd1"], ["#84fab0", "#8fd3f4"]];
let drawn = 0;

/** A small landscape that nobody owns, another one each time. */
async function samplePicture() {
  const canvas = new OffscreenCanvas(960, 720);
  const paint = canvas.getContext("2d");
  const [above, below] = SKIES[drawn++ % SKIES.length];
  const sky = paint.createLinearGradient(0, 0, 0, 720);
  sky.addColorStop(0, above);
  sky.addColorStop(1, below);
  paint.fillStyle = sky;
  paint.fillRect(0, 0, 960, 720);
  sun(paint, 180 + (drawn * 190) % 640);
  hills(paint, 470, "#3d6b7d", 0.9 + drawn);
  hills(paint, 560, "#27495a", 2.1 + drawn * 2);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}

const SAMPLES = {
  video: ["ftypisom", "video.mp4"],
  video_note: ["ftypisom", "video-note.mp4"],
  voice: ["OggS", "voice.ogg"],
  audio: ["ID3", "melody.mp3"],
  document: ["%PDF-1.7", "price-list.pdf"],
  sticker: ["RIFF", "sticker.webp"],
};

/** Something of a kind to send, as a `{blob, name}`; never twice the same. */
export async function sample(kind) {
  if (kind === "photo") return { blob: await samplePicture(), name: "photo.jpg" };
  const [begin, name] = SAMPLES[kind];
  return { blob: new Blob([begin, crypto.getRandomValues(new Uint8Array(24_000))]), name };
}

/** Each one's bytes in base64; null when there are too many together. */
export async function encoded(blobs) {
  if (blobs.reduce((sum, blob) => sum + blob.size, 0) > LARGEST) return null;
  return Promise.all(blobs.map(text));
}

async function text(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32_768) letters += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(letters);
}

function sun(paint, x) {
  paint.fillStyle = "rgb(255 255 255 / .85)";
  paint.beginPath();
  paint.arc(x, 210, 70, 0, 2 * Math.PI);
  paint.fill();
}

function hills(paint, height, colour, phase) {
  paint.fillStyle = colour;
  paint.beginPath();
  paint.moveTo(0, 720);
  for (let x = 0; x <= 960; x += 12) paint.lineTo(x, height + 60 * Math.sin(x / 150 + phase) + 24 * Math.sin(x / 47 + phase));
  paint.lineTo(960, 720);
  paint.fill();
}
