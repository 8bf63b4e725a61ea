import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchFiles } from '../../scripts/commands/fetch/fetchFiles';
import { proxies } from '../../scripts/commands/fetch/proxies';

const texts: Record<string, string> = { 'a.txt': 'one', 'b c.txt': 'two' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const files = Object.entries(texts).map(([path, text]): [string, { sha256: string }] => [
  path,
  { sha256: sha256(text) },
]);

/** A proxy for everything below mirror.invalid that wants user:p@ss; it opens no tunnel. */
let server: Server;
let asked: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'fetch-proxy-'));
beforeAll(() => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    const text = texts[decodeURIComponent(request.url ?? '').replace('http://mirror.invalid/', '')];
    if (request.headers['proxy-authorization'] !== authorization) response.writeHead(407).end();
    else if (text === undefined) response.writeHead(404).end();
    else response.end(text);
  }).on('connect', (request, socket) => {
    asked.push(`tunnel to ${request.url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'npm_config_proxy', 'npm_config_https_proxy'];
beforeEach(() => {
  asked = [];
  for (const name of [...NAMES, 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const to = (name: string) => join(folder, name);

describe('fetch-data behind a proxy', () => {
  it.each([
    ['http_proxy', 'http://'],
    ['HTTP_PROXY', ''],
    ['npm_config_proxy', 'http://'],
  ])('goes through the one that %s names, with its password, and fetches what is missing', async (name, protocol) => {
    vi.stubEnv(name, `${protocol}user:p%40ss@${host()}`);
    const options = { files, from: 'http://mirror.invalid', to: to(name) };
    expect(await fetchFiles(options)).toBe(2);
    for (const path of Object.keys(texts)) expect(readFileSync(join(to(name), path), 'utf8')).toBe(texts[path]);
    writeFileSync(join(to(name), 'b c.txt'), 'tw');
    asked = [];
    expect(await fetchFiles(options)).toBe(1);
    expect(asked).toEqual(['http://mirror.invalid/b%20c.txt']);
  });

  it('refuses another file than the expected one', async () => {
    vi.stubEnv('http_proxy', `http://user:p%40ss@${host()}`);
    const wrong: typeof files = [['a.txt', { sha256: sha256('other') }]];
    await expect(fetchFiles({ files: wrong, from: 'http://mirror.invalid', to: to('wrong') })).rejects.toThrow(
      /^a\.txt from http:\/\/mirror\.invalid is not the file that was expected/,
    );
  });

  it('names a proxy that refuses, without its password', async () => {
    vi.stubEnv('HTTP_PROXY', `http://user:wrong@${host()}`);
    vi.stubEnv('HTTPS_PROXY', `http://user:p%40ss@${host()}`);
    const failures = ['http', 'https'].map((protocol) =>
      fetchFiles({ files: files.slice(0, 1), from: `${protocol}://mirror.invalid`, to: to('refused') }).catch(
        ({ message }) => message,
      ),
    );
    const end = `: check the network, the proxy ${host()} (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and run the command again, it goes on where it stopped.`;
    expect(await Promise.all(failures)).toEqual([
      `http://mirror.invalid/a.txt could not be fetched (the proxy answered 407)${end}`,
      `https://mirror.invalid/a.txt could not be fetched (the proxy answered 502)${end}`,
    ]);
    expect(asked).toContain('tunnel to mirror.invalid:443');
  });

  it('asks servers in NO_PROXY directly', async () => {
    vi.stubEnv('http_proxy', 'http://127.0.0.1:9');
    vi.stubEnv('no_proxy', '127.0.0.1');
    const direct = createServer((_, response) => response.end('one'));
    await new Promise<void>((resolve) => direct.listen(0, '127.0.0.1', resolve));
    const from = `http://127.0.0.1:${(direct.address() as AddressInfo).port}`;
    expect(await fetchFiles({ files: files.slice(0, 1), from, to: to('direct') })).toBe(1);
    direct.close();
  });

  it('says which address of a proxy cannot be', () => {
    expect(() => proxies({ HTTPS_PROXY: 'ftp://user:secret@proxy' })).toThrow(
      /^The proxy "ftp:\/\/proxy" is no address: /,
    );
  });
});
