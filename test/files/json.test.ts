import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalJson, readJson, writeJson } from '../../lib/dist/files/json';

const folder = mkdtempSync(join(tmpdir(), 'json-'));
const path = join(folder, 'file.json');
afterAll(() => rmSync(folder, { recursive: true }));

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x', e: undefined })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
    expect(canonicalJson({ a: 'x', b: [{ c: null, d: 1 }] })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  });

  it('refuses what JSON would change, and says where it is', () => {
    expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow('Cannot write value.a[1] as JSON: it is NaN.');
    expect(() => canonicalJson({ a: { b: Number.POSITIVE_INFINITY } })).toThrow('value.a.b as JSON: it is Infinity.');
    expect(() => canonicalJson([undefined])).toThrow('value[0] as JSON: it is undefined.');
    expect(() => canonicalJson({ a: new Float32Array(1) })).toThrow('value.a as JSON: it is a Float32Array.');
    expect(() => canonicalJson({ a: 1n })).toThrow('value.a as JSON: it is 1.');
  });
});

describe('writeJson and readJson', () => {
  it('return the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        writeJson(path, value);
        expect(readJson(path)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(readJson(path))).toBe(canonicalJson(value));
      }),
    );
  });

  it('end the file with a newline and name a file that is no JSON', () => {
    writeJson(path, { b: 1, a: [2] });
    expect(readFileSync(path, 'utf8')).toBe('{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n');
    writeFileSync(path, '{"a":');
    expect(() => readJson(path)).toThrow(`${path} is not valid JSON: `);
    writeFileSync(path, '{\n  "a": 1,\n}\n');
    expect(() => readJson(path)).toThrow(/^.* is not valid JSON: .*\.$/); // on one line
    writeFileSync(path, '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> other\n}\n');
    expect(() => readJson(path)).toThrow(`${path}, line 2 is a mark of a merge conflict`);
  });

  it('read what Python and Windows write: NaN, Infinity, marks of UTF-8 and UTF-16', () => {
    const python = String.raw`{"a": [NaN, -Infinity, Infinity, 1.5], "b": "NaN, \"-Infinity\\", "NaN": "Infinity"}`;
    const value = {
      a: [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1.5],
      b: 'NaN, "-Infinity\\',
      NaN: 'Infinity',
    };
    for (const content of [python, `\ufeff${python}`, Buffer.from(`\ufeff${python}`, 'utf16le')]) {
      writeFileSync(path, content);
      expect(readJson(path)).toEqual(value);
    }
    writeFileSync(path, '[NaN, nan]');
    expect(() => readJson(path)).toThrow(`${path} is not valid JSON: `);
  });
});
