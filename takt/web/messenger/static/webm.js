// @ts-check
/**
 * Reading what a browser records: the Opus packets of a WebM file with one audio track (RFC 8794 for the element
 * syntax, the Matroska specification for the ids).
 */

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const CODEC_PRIVATE = 0x63a2;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const PARENTS = [SEGMENT, CLUSTER, TRACKS, TRACK_ENTRY, BLOCK_GROUP];

/**
 * @param {Uint8Array} bytes
 * @returns {{ head: Uint8Array | null, packets: Uint8Array[] }} the codec's own header ("OpusHead …") and its packets
 */
export function readWebm(bytes) {
  const found = { head: /** @type {Uint8Array | null} */ (null), packets: /** @type {Uint8Array[]} */ ([]) };
  read(bytes, 0, bytes.length, found);
  return found;
}

/**
 * @param {Uint8Array} bytes @param {number} from @param {number} end
 * @param {{ head: Uint8Array | null, packets: Uint8Array[] }} found
 */
function read(bytes, from, end, found) {
  let at = from;
  while (at < end) {
    const id = number(bytes, at, false);
    const size = number(bytes, id.next, true);
    const close = size.unknown ? end : Math.min(end, size.next + size.value); // live recordings leave sizes open
    if (PARENTS.includes(id.value)) read(bytes, size.next, close, found);
    else if (id.value === CODEC_PRIVATE) found.head = bytes.subarray(size.next, close);
    else if (id.value === SIMPLE_BLOCK || id.value === BLOCK) found.packets.push(payload(bytes.subarray(size.next, close)));
    if (close <= at) return;
    at = close;
  }
}

/** Behind track number (one byte for the first tracks), time (two) and flags (one). @param {Uint8Array} block */
const payload = (block) => block.subarray(number(block, 0, true).next + 3);

/**
 * A number of variable length; ids keep the bit that tells the length, sizes do not.
 * @param {Uint8Array} bytes @param {number} at @param {boolean} bare
 */
function number(bytes, at, bare) {
  const length = Math.clz32(bytes[at]) - 23;
  let value = bare ? bytes[at] & (0xff >> length) : bytes[at];
  let unknown = bare && value === 0xff >> length;
  for (let step = 1; step < length; step += 1) {
    value = value * 256 + bytes[at + step];
    unknown &&= bytes[at + step] === 0xff;
  }
  return { value, unknown, next: at + length };
}
