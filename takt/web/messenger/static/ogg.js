// @ts-check
/** Writing Opus packets as an Ogg file (RFC 3533, RFC 7845): a page each for the two headers, then the sound. */

const SERIAL = 0x74616b74;
const BEGIN = 2;
const END = 4;
/** Segments of at most 255 bytes that a page may have. */
const SEGMENTS_MAX = 255;
/** Samples a second that positions count in, whatever was recorded. */
const RATE = 48_000;

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum >>> 0;
});

/**
 * @param {Uint8Array} head "OpusHead …" as the recording had it
 * @param {Uint8Array[]} packets
 * @returns {Blob}
 */
export function writeOgg(head, packets) {
  const pages = [page([head], 0, 0, BEGIN), page([comment()], 0, 1, 0)];
  let position = 0;
  /** @type {Uint8Array[]} */
  let waiting = [];
  let segments = 0;
  const flush = (/** @type {number} */ flags) => {
    pages.push(page(waiting, position, pages.length, flags));
    waiting = [];
    segments = 0;
  };
  for (const packet of packets) {
    const needed = Math.floor(packet.length / 255) + 1;
    if (segments + needed > SEGMENTS_MAX) flush(0);
    waiting.push(packet);
    segments += needed;
    position += samples(packet);
  }
  flush(END);
  return new Blob(/** @type {BlobPart[]} */ (pages), { type: "audio/ogg" });
}

/** How long a packet sounds, from its first byte (RFC 6716, section 3.1). @param {Uint8Array} packet */
function samples(packet) {
  const kind = packet[0] >> 3;
  const frame_ms = kind < 12 ? [10, 20, 40, 60][kind & 3] : kind < 16 ? [10, 20][kind & 1] : [2.5, 5, 10, 20][kind & 3];
  const frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
  return (frame_ms * frames * RATE) / 1000;
}

/** "OpusTags" with an empty list. */
function comment() {
  const vendor = new TextEncoder().encode("Takt");
  const made = new Uint8Array(8 + 4 + vendor.length + 4);
  made.set(new TextEncoder().encode("OpusTags"));
  new DataView(made.buffer).setUint32(8, vendor.length, true);
  made.set(vendor, 12);
  return made;
}

/** @param {Uint8Array[]} packets @param {number} position @param {number} number @param {number} flags */
function page(packets, position, number, flags) {
  const table = packets.flatMap(({ length }) => [...Array(Math.floor(length / 255)).fill(255), length % 255]);
  const size = packets.reduce((sum, { length }) => sum + length, 0);
  const made = new Uint8Array(27 + table.length + size);
  const view = new DataView(made.buffer);
  made.set([0x4f, 0x67, 0x67, 0x53, 0, flags]); // "OggS"
  view.setBigUint64(6, BigInt(position), true);
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, number, true);
  made[26] = table.length;
  made.set(table, 27);
  let at = 27 + table.length;
  for (const packet of packets) {
    made.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, made.reduce((sum, byte) => ((sum << 8) ^ CRC[(sum >>> 24) ^ byte]) >>> 0, 0), true);
  return made;
}
