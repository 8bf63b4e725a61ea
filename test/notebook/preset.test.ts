import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chainSettings } from '../../lib/dist/experiments/settings';
import { caption, comparable, current, manyRuns, noComparison, note } from '../../lib/dist/notebook/presets';
import { tablesFolder } from '../../lib/dist/runs/project';

describe('current', () => {
  it('takes the paper where nothing is said', () => {
    const names = [undefined, '', 'paper', 'quick', 'smoke'];
    expect(names.map((PRESET) => current({ PRESET }))).toEqual(['paper', 'paper', 'paper', 'quick', 'smoke']);
  });

  it.each(['Quick', 'tiny', 'fast', ' paper'])('refuses %j in a sentence', (name) => {
    expect(() => current({ PRESET: name })).toThrow(
      `The environment variable PRESET is "${name}"; set it to paper, quick, smoke, or leave it out.`,
    );
  });
});

describe('note', () => {
  it('says plainly that quick numbers are not the paper’s, with every size that differs', () => {
    const said = note('quick');
    expect(said).toContain("its numbers are not the paper's");
    const [quick, paper] = (['quick', 'paper'] as const).map((preset) => chainSettings({ preset }));
    expect(said).toContain(`numbers 0..${quick.base.numbers - 1} (paper: 0..${paper.base.numbers - 1})`);
    expect(said).toContain(
      `${quick.base.rows.toLocaleString('en-US')} (paper: ${paper.base.rows.toLocaleString('en-US')})`,
    );
  });

  it('claims the paper’s settings for the paper preset alone', () => {
    expect(note('paper')).toContain("the paper's settings");
    expect(caption('paper')).toContain("the paper's settings (numbers 0..999)");
    expect(caption('quick')).toContain('smaller task');
  });

  it('says of the smallest task that it is the quick preset, and how small', () => {
    expect(manyRuns('paper')).toBe('paper');
    const said = note(manyRuns('quick'));
    expect(said).toMatch(/^\*\*Preset `quick`\*\*: the smallest task.*its numbers are not the paper's/);
    expect(said).toContain('numbers 0..48 (paper: 0..999); width of the model 64 (paper: 128)');
    expect(caption('tiny')).toBe('ours on the smallest task (numbers 0..48)');
  });

  it('says of the smoke test that nothing is learned', () => {
    expect(manyRuns('smoke')).toBe('smoke');
    expect(note('smoke')).toMatch(/^\*\*Preset `smoke`\*\*: a task of which nothing is learned.*its numbers are not/);
    expect(caption('smoke')).toBe("ours on the smoke test's task (numbers 0..48)");
  });

  it('promises to compute only where the notebook does', () => {
    expect(note('paper')).toContain('is computed now');
    expect(note('paper', { computes: false })).toContain('nothing is computed unless');
  });
});

describe('a difference from published numbers', () => {
  const published = [{ n: 0, accuracy: 0.4 }];

  it('is taken where the task is the paper’s, and in no other preset', () => {
    expect(comparable(published, 'paper')).toEqual(published);
    expect((['quick', 'tiny'] as const).map((preset) => comparable(published, preset))).toEqual([[], []]);
  });

  it('that is missing is explained: by missing runs for the paper’s task, else by the smaller one', () => {
    expect(noComparison('paper')).toBe('There are no points of ours yet to compare.');
    expect(noComparison('paper', 'There are no runs yet.')).toBe('There are no runs yet.');
    expect(noComparison('quick', 'There are no runs yet.')).toMatch(/ours are of a smaller one.*not shown\.$/);
  });
});

describe('tablesFolder', () => {
  it('are the committed ones for the paper, and an empty folder of their own for any other preset', () => {
    expect(tablesFolder('paper')).toMatch(/data\/results$/);
    const [first, second] = [tablesFolder('tiny'), tablesFolder('quick')];
    expect(existsSync(first) && first !== second).toBe(true);
  });
});
