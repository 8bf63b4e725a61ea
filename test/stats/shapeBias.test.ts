import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  addDecisions,
  type Decision,
  modelDecisions,
  readDecisionFiles,
  readDecisions,
  writeDecisions,
} from '../../lib/dist/stats/decisions';
import { shapeBias, shapeBiasInterval } from '../../lib/dist/stats/shapeBias';
import { TEXTURE_VS_SHAPE, textureVsShape } from '../support/textureVsShape';

const folder = mkdtempSync(join(tmpdir(), 'shape-bias-'));
const path = join(folder, 'decisions.csv');
afterAll(() => rmSync(folder, { recursive: true }));

const label = fc.integer({ min: 0, max: 15 });
const aDecision = fc.record({ response: fc.integer({ min: -1, max: 15 }), shape: label, texture: label });

describe('shapeBias', () => {
  it('leaves out images whose shape and texture are of one category', () => {
    const decisions = [
      { response: 1, shape: 1, texture: 2 },
      { response: 1, shape: 1, texture: 3 },
      { response: 2, shape: 1, texture: 2 },
      { response: 5, shape: 1, texture: 2 },
      { response: -1, shape: 4, texture: 2 },
      { response: 4, shape: 4, texture: 4 },
    ];
    expect(shapeBias(decisions)).toMatchObject({ decisions: 5, shape: 2, texture: 1, other: 2, bias: 2 / 3 });
    const boat = decisions.filter(({ shape }) => shape === 4);
    expect(shapeBias(boat)).toMatchObject({ decisions: 1, bias: Number.NaN, interval: { low: 0, high: 1 } });
  });

  it('has counts that add up, and lies in its interval', () => {
    fc.assert(
      fc.property(fc.array(aDecision, { maxLength: 60 }), (decisions) => {
        const pooled = shapeBias(decisions);
        expect(pooled.shape + pooled.texture + pooled.other).toBe(pooled.decisions);
        if (pooled.shape + pooled.texture > 0) {
          expect(pooled.interval.low <= pooled.bias && pooled.bias <= pooled.interval.high).toBe(true);
        }
      }),
    );
  });
});

describe('tables of decisions', () => {
  const stimuli = [
    { name: 'cat1-airplane1', shape: 7, texture: 0 },
    { name: 'truck10-dog2', shape: 15, texture: 10 },
  ];

  it("hold a model's decisions in the columns of the source, and come back", () => {
    const decisions = modelDecisions({ subject: 'our-resnet', stimuli, responses: [0, 15] });
    writeDecisions(path, decisions);
    expect(readFileSync(path, 'utf8')).toBe(
      [
        'subj,session,trial,rt,object_response,category,condition,imagename',
        'our-resnet,1,1,NaN,airplane,cat,0,0001_s5n_dnn_0_cat_00_cat1-airplane1.png',
        'our-resnet,1,2,NaN,truck,truck,0,0002_s5n_dnn_0_truck_00_truck10-dog2.png',
        '',
      ].join('\n'),
    );
    expect(readDecisions(path)).toEqual(decisions);
  });

  it('of several runs are one packed table, whose bytes do not depend on the order of the runs', () => {
    const of = (run: string, responses: number[]) =>
      modelDecisions({ subject: 'our-resnet', stimuli, responses }).map((decision) => ({ ...decision, run }));
    const [one, two] = [of('run-1', [0, 15]), of('run-2', [7, 10])];
    const [packed, other] = ['packed.csv.gz', 'other.csv.gz'].map((name) => join(folder, name));
    addDecisions(packed, two);
    addDecisions(packed, one);
    addDecisions(other, [...one, ...two]);
    expect(readFileSync(packed)).toEqual(readFileSync(other));
    expect(gunzipSync(readFileSync(packed)).toString().split('\n').slice(0, 2)).toEqual([
      'run,subj,session,trial,rt,object_response,category,condition,imagename',
      'run-1,our-resnet,1,1,NaN,airplane,cat,0,0001_s5n_dnn_0_cat_00_cat1-airplane1.png',
    ]);
    expect(readFileSync(packed).subarray(4, 8)).toEqual(Buffer.alloc(4)); // no time
    expect(readDecisions(packed)).toEqual([...one, ...two]);

    const before = statSync(packed).ino;
    addDecisions(packed, one);
    expect(statSync(packed).ino).toBe(before); // not even written
    addDecisions(packed, of('run-1', [1, 1]));
    expect(readDecisions(packed).map(({ response }) => response)).toEqual([1, 1, 7, 10]);

    writeFileSync(other, readFileSync(packed).subarray(0, 60));
    expect(() => readDecisions(other)).toThrow(`${other} is packed by gzip, and damaged or cut off`);
    writeDecisions(packed, [...one, ...one]);
    expect(() => readDecisions(packed)).toThrow('are both about subject our-resnet, session 1, trial 1');
  });

  it('refuse responses that fit no stimulus', () => {
    expect(() => modelDecisions({ subject: 'x', stimuli, responses: [1] })).toThrow('1 responses to 2 stimuli');
    expect(() => modelDecisions({ subject: 'x', stimuli, responses: [1, 16] })).toThrow('Response 2 is 16');
  });

  it('name the row or the column that is wrong', () => {
    const header = 'subj,session,trial,rt,object_response,category,condition,imagename';
    const good = 'x,1,1,0.5,dog,cat,0,0001_s5n_dnn_0_cat_00_cat1-dog1.png';
    const wrong: [string, string][] = [
      [good.replace(',dog,', ',tiger,'), 'row 2: the response is "tiger", which is none of'],
      [good.replace(',cat,', ',lion,'), 'row 2: the category is "lion", which is none of'],
      [good.replace(',cat,', ',bird,'), 'row 2: the category is bird, but the image'],
      [good.replace('cat1-dog1', 'cat1-lion1'), 'row 2: the image name'],
      [good.replace('x,1,1', 'x,1,one'), 'row 2: the trial "one" is no whole number'],
      [good.replace('x,1,1', 'x,session_1,1'), 'row 2: the session "session_1" is no whole number'],
      [good.replace('0.5', '"0,5"'), 'row 2: the reaction time "0,5" has a decimal comma: write 0.5.'],
      [good.replace('0.5', 'fast'), 'row 2: the reaction time "fast" is not a number.'],
      [good.replace('0.5', '-1'), 'row 2: the reaction time -1 is below 0: write NaN where there is none.'],
      [`${good},more`, 'row 2 (line 3) has 9 cells'],
    ];
    for (const [row, problem] of wrong) {
      writeFileSync(path, `${header}\n${good.replace('x', 'y')}\n${row}\n`);
      expect(() => readDecisions(path), row).toThrow(problem);
    }
    writeFileSync(path, 'subj,session,trial,rt,category,condition\n');
    expect(() => readDecisions(path)).toThrow('lacks the column object_response, imagename');
    expect(() => readDecisionFiles(join(folder, 'nowhere'))).toThrow('npm run fetch-data');
    expect(() => readDecisionFiles(folder, /nothing/)).toThrow('no CSV file of decisions whose name fits nothing');
  });
});

describe('tables of decisions that other tools wrote', () => {
  const header = 'subj,session,trial,rt,object_response,category,condition,imagename';
  const first = 's-01,1,1,0.71,cat,cat,0,0001_s5n_s01_0_cat_00_cat1-dog1.png';
  const second = 's-01,1,2,NaN,na,dog,0,0002_s5n_s01_0_dog_00_dog2-cat3.png';
  const good = `${[header, first, second].join('\n')}\n`;
  const own = mkdtempSync(join(tmpdir(), 'decisions-'));
  afterAll(() => rmSync(own, { recursive: true }));

  it('are read as the source, where they say the same', () => {
    writeFileSync(path, good);
    const expected = readDecisions(path);
    expect(expected.map(({ reactionTime, response }) => [reactionTime, response])).toEqual([
      [0.71, 7],
      [null, -1],
    ]);
    const same = {
      'UTF-8 with a mark and line ends of Windows': `\ufeff${good.replaceAll('\n', '\r\n')}\r\n`,
      'NA of R, with row names': good
        .replace('NaN,na', 'NA,NA')
        .split('\n')
        .map((line, i) => (line ? `"${i || ''}",${line}` : ''))
        .join('\n'),
      'empty cells and floats of pandas': good.replace('NaN,na', ',').replaceAll('-01,1,', '-01,1.0,'),
      'spaces behind commas': good.replaceAll(',', ', '),
    };
    for (const [name, text] of Object.entries(same)) {
      writeFileSync(path, text);
      expect(readDecisions(path), name).toEqual(expected);
    }
  });

  it('hold no decision twice, in one file or in two', () => {
    const [a, b] = ['a.csv', 'a (1).csv'].map((name) => join(own, name));
    writeFileSync(a, `${good}${first}\n`);
    const both = 'are both about subject s-01, session 1, trial 1: delete one';
    expect(() => readDecisions(a)).toThrow(`${a}, row 3 and ${a}, row 1 ${both}`);
    writeFileSync(a, good);
    writeFileSync(join(own, '._a.csv'), Buffer.alloc(200));
    writeFileSync(join(own, 'B.CSV'), good.replaceAll('s-01,', 's-02,'));
    expect(readDecisionFiles(own)).toHaveLength(4);
    writeFileSync(b, `${header}\n${second.replace(',2,', ',3,')}\n${first}\n`);
    expect(() => readDecisionFiles(own)).toThrow(`${a}, row 1 and ${b}, row 2 ${both}`);
  });
});

describe.skipIf(!TEXTURE_VS_SHAPE)('the decisions of Geirhos et al.', () => {
  const raw = 'raw-data/style-transfer-512-nomask-experiment';
  const percent = (decisions: Decision[]) => Math.round(1000 * shapeBias(decisions).bias) / 10;
  const original = () => readDecisionFiles(textureVsShape(raw));
  const trained = () => readDecisionFiles(textureVsShape(`${raw}-trained-CNNs`));

  it('give the published shape bias of people and networks', () => {
    const decisions = original();
    const of = (subject: RegExp) => decisions.filter((decision) => subject.test(decision.subject));
    const people = of(/^subject-/);
    expect(people).toHaveLength(12_800);
    expect(shapeBias(people).decisions).toBe(12_000);
    expect([/^subject-/, /^alexnet$/, /^googlenet$/, /^vgg$/].map((subject) => percent(of(subject)))).toEqual([
      95.9, 42.9, 31.2, 17.2,
    ]);
    expect(people.some(({ response }) => response === -1)).toBe(true);
  });

  it('give the published shape bias of ResNet-50 and of networks trained on Stylized-ImageNet', () => {
    const decisions = trained();
    const of = (subject: string) => decisions.filter((decision) => decision.subject === subject);
    const expected = {
      resnet50: 22.1,
      'resnet50-train-60-epochs': 80.6,
      'alexnet-train-60-epochs-lr0.001': 75.2,
      'vgg16-train-60-epochs-lr0.01': 77.2,
    };
    for (const [subject, bias] of Object.entries(expected)) {
      expect([subject, shapeBias(of(subject)).decisions, percent(of(subject))]).toEqual([subject, 1200, bias]);
    }
    const resnet = of('resnet50');
    const { interval, bias } = shapeBias(resnet);
    const bootstrap = shapeBiasInterval(resnet);
    for (const { low, high } of [interval, bootstrap]) {
      expect(low < bias && bias < high && high - low < 0.1 && high - low > 0.03).toBe(true);
    }
    expect(shapeBiasInterval([...resnet].reverse())).toEqual(bootstrap);
  });

  it('come back from a table as they were read', () => {
    const decisions = original().filter(({ subject }) => subject === 'subject-03');
    writeDecisions(path, decisions);
    expect(readDecisions(path)).toEqual(decisions);
  });
});
