import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf } from '../../scripts/commands/fetch/problem';
import { command } from '../support/run';
import { PROJECT } from '../support/temporary';
import { TEXTURE_VS_SHAPE, textureVsShape } from '../support/textureVsShape';

const { files } = JSON.parse(readFileSync(join(PROJECT, 'data/texture-vs-shape.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'fetch-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the list of files', () => {
  it('has all stimuli and the decisions on cue-conflict images', () => {
    const count = (start: string) => Object.keys(files).filter((path) => path.startsWith(start)).length;
    expect(count('stimuli/style-transfer-preprocessed-512/')).toBe(1280);
    expect([count('stimuli/edges/'), count('stimuli/filled-silhouettes/'), count('raw-data/')]).toEqual([160, 160, 26]);
  });
});

describe.skipIf(!TEXTURE_VS_SHAPE)('npm run fetch-data', () => {
  let server: Server;
  let requests: string[] = [];
  let broken = '';
  beforeAll(() => {
    server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '').slice(1);
      requests.push(path);
      if (path === broken) response.end('something else');
      else if (existsSync(textureVsShape(path))) response.end(readFileSync(textureVsShape(path)));
      else response.writeHead(404).end();
    });
    return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  const fetchData = (...args: string[]) => {
    requests = [];
    const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return command('fetch-data', '--from', from, '--to', folder, ...args);
  };

  it('brings files byte for byte, and only those that are missing or damaged', async () => {
    const first = await fetchData('--only', 'decisions', '--only', 'edges');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(requests).toHaveLength(187); // with the licence
    const raw = 'raw-data/style-transfer-512-nomask-experiment';
    for (const file of readdirSync(textureVsShape(raw))) {
      expect(readFileSync(join(folder, raw, file))).toEqual(readFileSync(textureVsShape(raw, file)));
    }
    const edge = 'stimuli/edges/cat/cat3.png';
    rmSync(join(folder, edge));
    writeFileSync(join(folder, 'DATASET_LICENSE'), 'half a lic');
    const second = await fetchData('--only', 'decisions', '--only', 'edges');
    expect(second.status).toBe(0);
    expect(requests.sort()).toEqual(['DATASET_LICENSE', edge]);
    expect(second.stdout).toContain('187 files are whole');
  });

  it('refuses another file than the expected one, and says what is not there', async () => {
    broken = 'stimuli/filled-silhouettes/dog/dog4.png';
    const { status, stderr } = await fetchData('--only', 'silhouettes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stimuli\/filled-silhouettes\/dog\/dog4.png from .* its SHA-256 is not the one/);
    expect(existsSync(join(folder, broken))).toBe(false);
    const missing = await fetchData('--only', 'cue-conflict');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/could not be fetched \(the server answered 404\): .* it goes on where it stopped/);
    expect((await fetchData('--only', 'pictures')).stderr).toContain('There is no part "pictures"');
  });

  it('knows a cue-conflict image from the means of its parts', async () => {
    const sample = textureVsShape('stimuli/style-transfer-preprocessed-512-64px');
    if (!existsSync(sample)) return;
    const picture = (path: string) => readFileSync(join(sample, path));
    const names = readdirSync(join(sample, 'cat')).filter(
      (name) => 'means' in files[`stimuli/style-transfer-preprocessed-512/cat/${name}`],
    );
    expect(names.length).toBeGreaterThan(20);
    for (const [i, name] of names.slice(0, 10).entries()) {
      const means = files[`stimuli/style-transfer-preprocessed-512/cat/${name}`];
      expect(await problemOf(picture(`cat/${name}`), means)).toBeUndefined();
      expect(await problemOf(picture(`cat/${names[i + 10]}`), means)).toContain('another picture');
    }
    const means = files[`stimuli/style-transfer-preprocessed-512/cat/${names[0]}`];
    expect(await problemOf(Buffer.from('no picture'), means)).toBe('it cannot be read as a picture');
  });
});
