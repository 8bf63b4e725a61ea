/**
 * Width and height that a JPEG's header gives, or undefined where the bytes are no JPEG or are cut off. Only markers are
 * read, no pixel.
 */
export function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  const { length } = bytes;
  if (length < 4 || bytes.readUInt16BE(0) !== 0xffd8 || bytes.readUInt16BE(length - 2) !== 0xffd9) return undefined;
  for (let at = 2; at + 9 <= length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    } else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
