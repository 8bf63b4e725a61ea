import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../lib/dist/images/categories';
import { readImage } from '../../lib/dist/images/imageFile';
import { listStimuli, parseStimulusName } from '../../lib/dist/images/stimuli';
import { TEXTURE_VS_SHAPE, textureVsShape } from '../support/textureVsShape';

const root = mkdtempSync(join(tmpdir(), 'stimuli-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('names of stimuli', () => {
  it('tell shape and texture', () => {
    const [cat, airplane] = [CATEGORIES.indexOf('cat'), CATEGORIES.indexOf('airplane')];
    expect(parseStimulusName('a/b/cat1-airplane1.png')).toEqual({
      name: 'cat1-airplane1',
      shape: cat,
      texture: airplane,
    });
    expect(parseStimulusName('cat10.png')).toEqual({ name: 'cat10', shape: cat, texture: -1 });
  });

  it('that are none are refused', () => {
    expect(() => parseStimulusName('cat-airplane.png')).toThrow('cat-airplane.png is not named as a stimulus');
    expect(() => parseStimulusName('tiger1-cat2.png')).toThrow('The shape in tiger1-cat2.png is "tiger"');
    expect(() => parseStimulusName('cat1-fish2.png')).toThrow('The texture in cat1-fish2.png is "fish"');
  });
});

describe('folders of stimuli', () => {
  it('that miss something are refused', () => {
    expect(() => listStimuli(join(root, 'nowhere'))).toThrow('npm run fetch-data');
    mkdirSync(join(root, 'airplane'));
    writeFileSync(join(root, 'airplane/cat1-dog1.png'), '');
    expect(() => listStimuli(root)).toThrow('lies among the shapes of airplane, but its name says otherwise');
    rmSync(join(root, 'airplane/cat1-dog1.png'));
    expect(() => listStimuli(root)).toThrow('lacks the folder "bear"');
  });

  it('are read without hidden twins, in any case of the ending, and no copy counts', () => {
    const made = join(root, 'made');
    for (const category of CATEGORIES) mkdirSync(join(made, category), { recursive: true });
    const names = ['cat10-dog1.png', 'cat2-dog1.PNG', '._cat2-dog1.PNG', '.DS_Store', 'Thumbs.db', 'notes.txt'];
    for (const name of names) writeFileSync(join(made, 'cat', name), '');
    expect(listStimuli(made).map(({ name }) => name)).toEqual(['cat2-dog1', 'cat10-dog1']);
    writeFileSync(join(made, 'cat/cat10-dog1 (1).png'), '');
    expect(() => listStimuli(made)).toThrow('cat10-dog1 (1).png and cat10-dog1.png are the same file twice');
    rmSync(join(made, 'cat/cat10-dog1.png'));
    expect(() => listStimuli(made)).toThrow('cat10-dog1 (1).png is not named as a stimulus');
  });
});

describe.skipIf(!TEXTURE_VS_SHAPE)('the texture-versus-shape stimuli', () => {
  it('are listed by the numbers in their names', () => {
    const edges = listStimuli(textureVsShape('stimuli/edges'));
    expect(edges).toHaveLength(160);
    expect([0, 1, 9].map((i) => edges[i].name)).toEqual(['airplane1', 'airplane2', 'airplane10']);
    expect(edges[0]).toMatchObject({ shape: 0, texture: -1 });
  });
});

const pairs = ['stimuli/style-transfer-preprocessed-512-sample', 'stimuli/style-transfer-preprocessed-512-64px'];
const copies = TEXTURE_VS_SHAPE !== undefined && pairs.every((path) => listable(textureVsShape(path)));

describe.skipIf(!copies)('the reduced cue-conflict images', () => {
  it('are what the originals become at 64 pixels', async () => {
    const originals = listStimuli(textureVsShape(pairs[0]));
    expect(originals).toHaveLength(80);
    for (const { path, name } of originals.filter((_, i) => i % 8 === 0)) {
      const reduced = await readImage(path, { shorterSide: 64, kernel: 'lanczos3' });
      const copy = await readImage(textureVsShape(pairs[1], CATEGORIES[parseStimulusName(name).shape], `${name}.png`));
      const differences = Array.from(copy.image, (value, i) => Math.abs(value - reduced.image[i]));
      expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(1);
    }
  });

  it('are 1,280, 80 of them with shape and texture of one category', () => {
    const stimuli = listStimuli(textureVsShape(pairs[1]));
    expect(stimuli).toHaveLength(1280);
    expect(stimuli.filter(({ shape, texture }) => shape === texture)).toHaveLength(80);
  });
});

function listable(folder: string): boolean {
  try {
    return listStimuli(folder).length > 0;
  } catch {
    return false;
  }
}
