import { describe, expect, it } from 'vitest';
import { chainSettings } from '../../lib/dist/experiments/settings';
import { presetCaption, presetFromEnvironment, presetNote } from '../../lib/dist/notebook/preset';

describe('presetFromEnvironment', () => {
  it('takes the paper where nothing is said', () => {
    expect([{}, { PRESET: '' }, { PRESET: 'paper' }, { PRESET: 'quick' }].map(presetFromEnvironment)).toEqual([
      'paper',
      'paper',
      'paper',
      'quick',
    ]);
  });

  it.each(['Quick', 'tiny', 'fast', ' paper'])('refuses %j in a sentence', (name) => {
    expect(() => presetFromEnvironment({ PRESET: name })).toThrow(
      `The environment variable PRESET is "${name}"; set it to paper or quick, or leave it out.`,
    );
  });
});

describe('presetNote', () => {
  it('says plainly that quick numbers are not the paper’s, with every size that differs', () => {
    const note = presetNote('quick');
    expect(note).toContain("its numbers are not the paper's");
    const [quick, paper] = (['quick', 'paper'] as const).map((preset) => chainSettings({ preset }));
    expect(note).toContain(`numbers 0..${quick.base.numbers - 1} (paper: 0..${paper.base.numbers - 1})`);
    expect(note).toContain(
      `${quick.base.rows.toLocaleString('en-US')} (paper: ${paper.base.rows.toLocaleString('en-US')})`,
    );
  });

  it('claims the paper’s settings for the paper preset alone', () => {
    expect(presetNote('paper')).toContain("the paper's settings");
    expect(presetCaption('paper')).toContain("the paper's settings (numbers 0..999)");
    expect(presetCaption('quick')).toContain('smaller task');
  });
});
