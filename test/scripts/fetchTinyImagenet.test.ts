import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bringTinyImagenet, checkInPlace } from '../../scripts/commands/fetch/tinyImagenet/bring';
import { type Listing, printedListing } from '../../scripts/commands/fetch/tinyImagenet/listing';
import { ended, startCommand } from '../support/run';
import { PROJECT } from '../support/temporary';
import { CLASSES, knownOf, type MadeUp, madeUp, noise } from '../support/tinyImagenet';
import { zipOf } from '../support/zip';

const base = mkdtempSync(join(tmpdir(), 'fetch-tiny-imagenet-'));
let made: MadeUp;

/** What the server does, and the ranges that it was asked for. */
let served: { bytes: Buffer; ranges: boolean; cutAfter: number; later: number | undefined };
let asked: (string | undefined)[] = [];
let server: Server;
beforeAll(async () => {
  made = await madeUp(join(base, 'made up'));
  server = createServer((request, response) => {
    const { bytes, ranges, cutAfter, later } = served;
    const { range } = request.headers;
    asked.push(range);
    if (later !== undefined && asked.length > 1) return void response.writeHead(later).end();
    if (!request.url?.endsWith('/tiny-imagenet-200.zip')) return void response.writeHead(404).end();
    const start = ranges && range ? Number(/\d+/.exec(range)) : 0;
    if (start >= bytes.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    }
    const rest = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (rest.length <= cutAfter) response.end(rest);
    else response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(base, { recursive: true });
});

let to: string;
let lines: string[] = [];
beforeEach(() => {
  served = { bytes: made.zip, ranges: true, cutAfter: Number.POSITIVE_INFINITY, later: undefined };
  asked = [];
  lines = [];
  to = join(mkdtempSync(join(base, 'to-')), 'tiny');
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'npm_config_proxy', 'npm_config_https_proxy'];
  for (const name of [...names, 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const address = () => `http://${host()}/tiny-imagenet-200.zip`;
const bring = (options: { from?: string; listing?: Listing } = {}) =>
  bringTinyImagenet({
    listing: made.listing,
    from: address(),
    to,
    log: (line) => lines.push(line),
    pause: 1,
    ...options,
  });
/** The sentence with which something fails. */
const sentence = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    (error) => error.message,
  );
const part = () => `${to}.zip.part`;
const half = () => Math.floor(made.zip.length / 2);
/** All files below a folder, by path. */
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path).toString('base64')]),
  );
const expectWhole = () => {
  expect(contents(to)).toEqual(contents(made.folder));
  expect(readdirSync(join(to, '..'))).toEqual(['tiny']); // no archive, nothing half
};

it('the listing has 200 classes of 500 pictures and 10,000 for validation', () => {
  const text = readFileSync(join(PROJECT, 'data/tiny-imagenet.json'), 'utf8');
  const listing: Listing = JSON.parse(text);
  const counts = Object.entries(listing.pictures).map(([path, { count }]) => `${path.split('/')[0]} ${count}`);
  expect(counts.sort()).toEqual([...Array(200).fill('train 500'), 'val 10000']);
  expect(listing).toMatchObject({ bytes: 248_100_043, md5: '90528d7ca1a48142e341f4ef8d21d0de' });
  expect(printedListing(listing)).toBe(text);
});

describe('fetching Tiny ImageNet', () => {
  it('brings all but the test pictures, and nothing a second time', async () => {
    expect(await bring()).toBe(to);
    expectWhole();
    expect(lines).toContain('17 of 17 pictures checked');
    expect(await bring()).toBe(to);
    expect(asked).toEqual([undefined]);
  });

  it('goes on where the connection breaks', async () => {
    served.cutAfter = Math.ceil(made.zip.length / 2.5);
    await bring();
    expectWhole();
    expect(asked).toEqual([undefined, `bytes=${served.cutAfter}-`, `bytes=${2 * served.cutAfter}-`]);
  });

  it('gives up when nothing comes any more, and goes on when it is run again', async () => {
    Object.assign(served, { cutAfter: half(), later: 503 });
    expect(await sentence(bring())).toBe(
      `${address()} could not be fetched (the server answered 503): check the network and run the command again, it goes on where it stopped.`,
    );
    expect(readFileSync(part()).equals(made.zip.subarray(0, half()))).toBe(true);
    expect(existsSync(to)).toBe(false);
    asked = [];
    Object.assign(served, { cutAfter: Number.POSITIVE_INFINITY, later: undefined });
    await bring();
    expect(asked).toEqual([`bytes=${half()}-`]);
    expectWhole();
  });

  it('begins again where a server knows no ranges', async () => {
    writeFileSync(part(), made.zip.subarray(0, half()));
    served.ranges = false;
    await bring();
    expect(asked).toEqual([`bytes=${half()}-`]);
    expectWhole();
  });

  it('fetches all once more where the file has changed since it was interrupted', async () => {
    writeFileSync(part(), Buffer.alloc(half(), 'PK'));
    await bring();
    expect(asked).toEqual([`bytes=${half()}-`, undefined]);
    expectWhole();
  });

  it('unpacks again what was fetched, where unpacking was interrupted', async () => {
    writeFileSync(part(), made.zip);
    cpSync(made.folder, join(`${to}.partial`, 'tiny-imagenet-200'), { recursive: true });
    rmSync(join(`${to}.partial`, 'tiny-imagenet-200/val'), { recursive: true });
    await bring();
    expect(asked).toEqual([]);
    expectWhole();
  });

  it('goes through a proxy, which it names where it fails', async () => {
    vi.stubEnv('http_proxy', `http://user:secret@${host()}`);
    await bring({ from: 'http://mirror.invalid/' });
    expectWhole();
    rmSync(to, { recursive: true });
    expect(await sentence(bring({ from: 'http://mirror.invalid/x' }))).toBe(
      `http://mirror.invalid/x could not be fetched (the server answered 404): check the network, the proxy ${host()} (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and run the command again, it goes on where it stopped.`,
    );
  });

  it('refuses another archive', async () => {
    const { bytes, md5 } = made.listing;
    const expected = `${address()} is not the archive that was expected: `;
    const end = '. Fetch it from elsewhere with --from.';
    served.bytes = Buffer.concat([made.zip.subarray(0, -1), Buffer.from('!')]);
    expect(await sentence(bring())).toBe(`${expected}its MD5 is ${knownOf(served.bytes).md5} instead of ${md5}${end}`);
    served.bytes = made.zip.subarray(0, 100);
    expect(await sentence(bring())).toBe(`${expected}it has 100 bytes instead of ${bytes}${end}`);
    writeFileSync(part(), made.zip.subarray(0, half()));
    expect(await sentence(bring())).toBe(`${expected}it has 100 bytes instead of ${bytes}${end}`);
    rmSync(part());
    served.bytes = Buffer.alloc(bytes, '<html>');
    expect(await sentence(bring())).toBe(
      `${address()} is no zip file: give the address of the archive itself, or look whether the network asks for a login.`,
    );
    expect(readdirSync(join(to, '..'))).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    symlinkSync('/dev/full', part());
    expect(await sentence(bring())).toBe(
      `The disk that holds ${join(to, '..')} is full: make room (0.0 GB in all) and run the command again, it goes on where it stopped.`,
    );
  });
});

describe('an archive of the user’s', () => {
  let zip: string;
  beforeEach(() => {
    zip = join(to, '../own.zip');
    writeFileSync(zip, made.zip);
  });
  const failing = (bytes: Buffer, listing = made.listing) => {
    writeFileSync(zip, bytes);
    return sentence(bring({ from: zip, listing }));
  };
  /** An archive that is the expected one, whatever it holds. */
  const holding = (bytes: Buffer) => failing(bytes, { ...made.listing, ...knownOf(bytes) });

  it('is unpacked and stays', async () => {
    await bring({ from: zip });
    expect(contents(to)).toEqual(contents(made.folder));
    expect(readFileSync(zip).equals(made.zip)).toBe(true);
  });

  it('is refused in a sentence where it is not the published one', async () => {
    const { bytes, md5 } = made.listing;
    const advice =
      'fetch it again, or unpack it yourself and give the folder, which is then checked picture by picture.';
    expect(await failing(Buffer.from('words'))).toBe(`${zip} is no zip file: give tiny-imagenet-200.zip or a folder.`);
    expect(await failing(Buffer.alloc(0))).toBe(`${zip} is no zip file: give tiny-imagenet-200.zip or a folder.`);
    expect(await failing(made.zip.subarray(0, half()))).toBe(
      `${zip} is cut off: it has ${half()} of ${bytes} bytes. Fetch or copy it again.`,
    );
    expect(await failing(Buffer.from('PK'))).toBe(
      `${zip} is cut off: it has 2 of ${bytes} bytes. Fetch or copy it again.`,
    );
    const small = zipOf({ 'a.txt': Buffer.from('a') });
    expect(await failing(small)).toBe(
      `${zip} is not the published archive: it has ${small.length} bytes instead of ${bytes}; ${advice}`,
    );
    const other = Buffer.from(made.zip);
    other[half()] ^= 1;
    expect(await failing(other)).toBe(
      `${zip} is not the published archive: its MD5 is ${knownOf(other).md5} instead of ${md5}; ${advice}`,
    );
    rmSync(zip);
    expect(await sentence(bring({ from: zip }))).toBe(
      `There is no ${zip}: give the folder that holds train/ and val/ of Tiny ImageNet, or tiny-imagenet-200.zip, or leave it out and npm run fetch-data -- tiny-imagenet fetches it.`,
    );
  });

  it('writes nothing out of the folder, and nothing that is damaged', async () => {
    expect(await holding(zipOf({ '../evil.txt': Buffer.from('evil') }))).toBe(
      `${zip} cannot be unpacked: invalid relative path: ../evil.txt. Fetch the archive again.`,
    );
    expect(await holding(zipOf({ '/evil.txt': Buffer.from('evil') }))).toContain('absolute path: /evil.txt');
    expect(await holding(zipOf({ 'wnids.txt': Buffer.from('n') }, { crc: 1 }))).toBe(
      `${zip} cannot be unpacked: length or checksum of wnids.txt does not fit. Fetch the archive again.`,
    );
    expect(await holding(zipOf({ 'wnids.txt': Buffer.from('n') }))).toBe(
      `What came from ${zip} is not Tiny ImageNet as it was published: it holds no train/ and no val/.`,
    );
    expect(readdirSync(join(to, '..'))).toEqual(['own.zip']);
  });
});

describe('a folder of the user’s', () => {
  let own: string;
  beforeEach(() => {
    own = join(to, '../own');
    cpSync(made.folder, own, { recursive: true });
  });
  const check = (folder = own) => sentence(checkInPlace(folder, made.listing, () => {}));
  const first = `train/${CLASSES[0]}/images`;

  it('is found in folders of the same name', async () => {
    const nested = join(to, 'tiny-imagenet-200/tiny-imagenet-200');
    cpSync(made.folder, nested, { recursive: true });
    writeFileSync(join(nested, first, '._n00000001_0.JPEG'), 'what macOS leaves');
    expect(await checkInPlace(to, made.listing, () => {})).toBe(nested);
    expect(await bring()).toBe(nested);
    expect(asked).toEqual([]);
  });

  it('is copied where another folder is wanted', async () => {
    writeFileSync(join(own, 'notes.txt'), 'my own');
    await bring({ from: own });
    expect(contents(to)).toEqual(contents(made.folder));
    expect(existsSync(own)).toBe(true);
  });

  it('that is not there, or holds none of it', async () => {
    expect(await check('/nowhere/tiny')).toBe(
      'There is no /nowhere/tiny, which TINY_IMAGENET names: give the folder that holds train/ and val/ of Tiny ImageNet, or tiny-imagenet-200.zip, or leave it out and npm run fetch-data -- tiny-imagenet fetches it.',
    );
    const held = (what: string) => `${own} is not whole: it holds ${what}. Give the folder that holds both.`;
    rmSync(join(own, 'val'), { recursive: true });
    expect(await check()).toBe(held('train/ but no val/'));
    rmSync(join(own, 'train'), { recursive: true });
    expect(await check()).toBe(held('no train/ and no val/'));
    mkdirSync(join(own, 'val'));
    expect(await check()).toBe(held('val/ but no train/'));
  });

  it('from which something is missing', async () => {
    const whole = (problem: string) => `${own} is not whole: ${problem}. Unpack tiny-imagenet-200.zip again.`;
    rmSync(join(own, 'words.txt'));
    expect(await check()).toBe(whole('words.txt is missing'));
    rmSync(join(own, first, 'n00000001_2.JPEG'));
    expect(await check()).toBe(whole('train/n00000001 holds 3 of 4 pictures'));
    rmSync(join(own, 'val/images'), { recursive: true });
    expect(await check()).toBe(whole('train/n00000001 holds 3 of 4 pictures (2 folders are not whole)'));
    rmSync(join(own, 'train/n00000001'), { recursive: true });
    expect(await check()).toBe(whole('train/n00000001 is missing (2 folders are not whole)'));
  });

  it('with other pictures than the published ones', async () => {
    const picture = join(own, first, 'n00000001_2.JPEG');
    const loss = (problem: string) =>
      `${own} is not whole: ${first}/n00000001_2.JPEG is no JPEG of 64 × 64 pixels (it ${problem}). Unpack tiny-imagenet-200.zip again.`;
    const bytes = readFileSync(picture);
    writeFileSync(picture, bytes.subarray(0, 500));
    expect(await check()).toBe(loss('is no JPEG, or cut off'));
    writeFileSync(picture, '');
    expect(await check()).toBe(loss('is empty'));
    const other = (problem: string) =>
      `${own} is not Tiny ImageNet as it was published: ${problem}. Unpack tiny-imagenet-200.zip again, into another folder.`;
    writeFileSync(picture, await noise(80));
    expect(await check()).toBe(other(`${first}/n00000001_2.JPEG is no JPEG of 64 × 64 pixels (it has 80 × 64)`));
    writeFileSync(picture, await noise());
    const content = 'train/n00000001 holds other pictures than the published ones, or under other names';
    expect(await check()).toBe(other(content));
    writeFileSync(picture, bytes);
    renameSync(picture, join(own, first, 'a.JPEG'));
    expect(await check()).toBe(other(content));
    writeFileSync(join(own, first, 'b.JPEG'), bytes);
    expect(await check()).toBe(other('train/n00000001 holds 5 of 4 pictures'));
    mkdirSync(join(own, 'train/n00000009'));
    rmSync(join(own, first, 'b.JPEG'));
    expect(await check()).toBe(other('train/n00000009 is no class of it'));
    writeFileSync(join(own, 'wnids.txt'), 'n00000009');
    expect(await check()).toBe(other('wnids.txt differs from the published one'));
  });

  it('with another layout', async () => {
    const validation = (path: string) =>
      `${own} has another layout: the pictures of val/ are sorted into folders of classes (${path}), and here all must lie in val/images, beside val/val_annotations.txt. Unpack tiny-imagenet-200.zip again and leave it as it is.`;
    mkdirSync(join(own, 'val/images/n00000001'));
    renameSync(join(own, 'val/images/val_0.JPEG'), join(own, 'val/images/n00000001/val_0.JPEG'));
    expect(await check()).toBe(validation('val/images/n00000001'));
    rmSync(join(own, 'val/images'), { recursive: true });
    cpSync(made.folder, own, { recursive: true });
    renameSync(join(own, 'val/images'), join(own, 'val/n00000002'));
    expect(await check()).toBe(validation('val/n00000002'));
    mkdirSync(join(own, 'val/n00000003'));
    renameSync(join(own, 'val/n00000002'), join(own, 'val/n00000003/images'));
    expect(await check()).toBe(validation('val/n00000003'));
    rmSync(join(own, 'val/n00000003'), { recursive: true });
    cpSync(made.folder, own, { recursive: true });
    renameSync(join(own, first), join(own, 'flat'));
    rmSync(join(own, 'train/n00000001'), { recursive: true });
    renameSync(join(own, 'flat'), join(own, 'train/n00000001'));
    expect(await check()).toBe(
      `${own} has another layout: the pictures of train/n00000001 lie in that folder itself, and here they must lie in train/n00000001/images. Unpack tiny-imagenet-200.zip again and leave it as it is.`,
    );
  });

  it('that is the full ImageNet', async () => {
    const full = (folder: string) =>
      `${folder} is the full ImageNet, not Tiny ImageNet: the preset paper takes it, as the folder that holds its 1,000 folders of classes; here the 200 classes of tiny-imagenet-200.zip are wanted, which npm run fetch-data -- tiny-imagenet brings.`;
    for (let i = 0; i < 1000; i++) mkdirSync(join(to, 'train', `n${String(i).padStart(8, '0')}`), { recursive: true });
    expect(await check(join(to, 'train'))).toBe(full(join(to, 'train')));
    mkdirSync(join(to, 'val'));
    expect(await check(to)).toBe(full(to));
    expect(await sentence(bring())).toBe(full(to)); // and nothing is brought over it
    mkdirSync(join(own, 'a/ILSVRC/Data/CLS-LOC/train'), { recursive: true });
    for (const path of ['a', 'a/ILSVRC', 'a/ILSVRC/Data', 'a/ILSVRC/Data/CLS-LOC']) {
      expect(await check(join(own, path))).toBe(full(join(own, path)));
    }
  });
});

describe('a folder that is there already', () => {
  beforeEach(() => cpSync(made.folder, to, { recursive: true }));
  const picture = () => join(to, 'val/images/val_3.JPEG');

  it('is brought anew where something is lost, and keeps its test pictures', async () => {
    mkdirSync(join(to, 'test'));
    rmSync(picture());
    expect(await bring()).toBe(to);
    expect(lines[0]).toBe(`${to} is not whole (val holds 4 of 5 pictures): it is brought anew.`);
    expect(existsSync(join(to, 'test'))).toBe(true);
    expectWhole();
    writeFileSync(picture(), 'damaged');
    expect(await sentence(bring({ from: 'http://127.0.0.1:9/' }))).toContain('could not be fetched');
    expect(readFileSync(picture(), 'utf8')).toBe('damaged'); // it stays until the new one is whole
    await bring();
    expectWhole();
  });

  it('is left alone where it holds something else', async () => {
    writeFileSync(picture(), await noise());
    expect(await sentence(bring())).toBe(
      `${to} is not Tiny ImageNet as it was published: val holds other pictures than the published ones, or under other names. Delete it or name another folder with --to, and run the command again.`,
    );
    mkdirSync(join(to, 'train/cats'));
    const something = (what: string) =>
      `${to} holds something else than Tiny ImageNet (${what}): name a new folder with --to.`;
    expect(await sentence(bring())).toBe(something('train/cats'));
    writeFileSync(join(to, 'thesis.txt'), 'years of work');
    expect(await sentence(bring())).toBe(something('thesis.txt'));
    rmSync(to, { recursive: true });
    writeFileSync(to, 'a file');
    expect(await sentence(bring())).toBe(`${to} is no folder: name another one with --to.`);
    expect(asked).toEqual([]);
  });
});

describe('npm run fetch-data -- tiny-imagenet', () => {
  const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    ended(startCommand(['fetch-data', ...args], { ...process.env, INIT_CWD: base, TINY_IMAGENET: '', ...env }));
  const listed = () => {
    const path = join(base, 'listing.json');
    writeFileSync(path, printedListing({ ...made.listing, address: address() }));
    return ['tiny-imagenet', '--listing', path];
  };

  it('fetches the archive, or takes the one that TINY_IMAGENET names', async () => {
    const done = `17 pictures are whole in ${to}. Set the environment variable TINY_IMAGENET to this folder.\n`;
    const fetched = await run({ TINY_IMAGENET: '/nowhere' }, ...listed(), '--to', to);
    expect(fetched).toMatchObject({ status: 0, stderr: '' });
    expect(fetched.stdout).toMatch(/^Fetching http/);
    expect(fetched.stdout.endsWith(done)).toBe(true);
    expectWhole();
    rmSync(to, { recursive: true });
    writeFileSync(join(base, 'own.zip'), made.zip);
    const unpacked = await run({ TINY_IMAGENET: 'own.zip' }, ...listed(), '--to', to);
    expect(unpacked).toMatchObject({ status: 0, stderr: '' });
    expect(asked).toEqual([undefined]);
    expectWhole();
    expect(existsSync(join(base, 'own.zip'))).toBe(true);
  });

  it('checks the folder that TINY_IMAGENET names where it lies', async () => {
    const { stdout, status } = await run({ TINY_IMAGENET: made.folder }, ...listed());
    expect(status).toBe(0);
    expect(stdout.endsWith(`17 pictures are whole in ${made.folder}.\n`)).toBe(true);
    const official = await run({ TINY_IMAGENET: made.folder }, 'tiny-imagenet');
    expect(official.status).toBe(1);
    expect(official.stderr).toMatch(
      /^\S+ up is not whole: train\/n\d+ is missing \(201 folders are not whole\)\. Unpack tiny-imagenet-200\.zip again\.\n$/,
    );
  });

  it('writes a listing down, and knows no other data set', async () => {
    const path = join(to, '../listing.json');
    writeFileSync(path, printedListing({ ...made.listing, pictures: {}, files: {} }));
    const { status } = await run({}, 'tiny-imagenet', '--list', made.folder, '--listing', path);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(made.listing);
    expect((await run({}, 'imagenet')).stderr).toMatch(/^There is no data set "imagenet"\.\n\nnpm run fetch-data/);
    expect((await run({}, 'tiny-imagenet', '--only', 'edges')).stderr).toMatch(
      /^--only does not go with this data set/,
    );
  });
});
