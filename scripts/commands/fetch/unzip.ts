import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { Failure } from '../../lib/failure.mjs';

/**
 * Unpacks a zip file of many small files into a folder. Every file's length and CRC are checked, and a name that leads out
 * of the folder is refused. The archive is read into memory, since 100,000 reads and streams would take minutes.
 */
export async function unzip(options: {
  zip: string;
  to: string;
  /** Says of a name in the archive whether it is unpacked. */
  wants: (name: string) => boolean;
  onFile?: (name: string) => void;
}): Promise<void> {
  const { zip, to, wants, onFile } = options;
  const made = new Set<string>();
  const bytes = await readFile(zip);
  const refusing = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw new Failure(`${zip} cannot be unpacked: ${error.message}. Fetch the archive again.`);
    });
  const archive = await refusing(fromBufferPromise(bytes));
  const entries = archive.eachEntry();
  for (;;) {
    const { value: entry, done } = await refusing(entries.next());
    if (done) return;
    const name: string = entry.fileName;
    if (name.endsWith('/') || !wants(name)) continue;
    const content = await refusing(contentOf(archive, bytes, entry));
    const target = join(to, name);
    if (relative(to, target).startsWith('..')) throw new Failure(`${zip} holds a file of another folder: ${name}.`);
    if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    made.add(dirname(target));
    writeFileSync(target, content);
    onFile?.(name);
  }
}

async function contentOf(archive: ZipFile, bytes: Buffer, entry: Entry): Promise<Buffer> {
  if (!entry.canDecodeFileData()) throw new Error(`${entry.fileName} is encrypted or packed in an unknown way`);
  const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = bytes.subarray(fileDataStart, fileDataStart + entry.compressedSize);
  const content = entry.compressionMethod === 0 ? packed : inflateRawSync(packed);
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32) {
    throw new Error(`length or checksum of ${entry.fileName} does not fit`);
  }
  return content;
}
