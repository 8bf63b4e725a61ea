import { describe, expect, it } from 'vitest';
import { signatureAt } from '../../../scripts/kernel/signature.mjs';

describe('signatureAt', () => {
  it.each([
    ['softMask(|', 'softMask'],
    ['const m = softMask(scores, |)', 'softMask'],
    ['softMask(tf.ones([2, 3]), |', 'softMask'],
    ['softMask(tf.ones(|[2, 3]), 1', 'ones'],
    ['chainSettings({ preset: |', 'chainSettings'],
    ['map<string>(|', 'map'],
    ['(|', undefined],
    ['softMask(1); |', undefined],
    ['const x = |', undefined],
  ])('in %s it is %s', (code, name) => {
    const position = code.indexOf('|');
    const plain = code.replace('|', '');
    const found = signatureAt(plain, position);
    expect(found === undefined ? undefined : plain.slice(found).match(/^[\w$]+/)?.[0]).toBe(name);
  });
});
