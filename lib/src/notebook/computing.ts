/** Experiments as cells compute them: what is missing in the tables, with a bar over all runs and a chart that fills up. */

import { dots, lines } from '../charts';
import * as axes from '../charts/axes';
import {
  additionalTargetRows,
  type Condition,
  CURVE_CONDITIONS,
  chainSettings,
  dataEfficiencyRows,
  type Preset,
  TARGET_CONDITIONS,
  TARGET_SIZES,
  TRAINABLE_CONDITIONS,
  UNTRAINED_CONDITIONS,
  VARIANT_NAMES,
  VARIANTS,
  variantRows,
} from '../experiments';
import { projectStore } from '../runs/project';
import { named } from '../tables/curves';
import { folder } from '../tables/folder';
import { EXPRESSIONS, type Expression } from '../tasks/expressions';
import { runsObserver } from './observers/runsObserver';
import { presetCaption } from './preset';

export interface Asked {
  preset?: Preset;
  layers?: readonly number[];
  seeds?: readonly number[];
  /** Numbers of samples; without any, nothing is computed. */
  sizes?: readonly number[];
  /** What runs start from, as charts name it: 'subnetwork', 'sampled control' (drawn both ways), 'sampled control, as released'. */
  conditions?: readonly string[];
}

const isAsked = (conditions: readonly string[] | undefined) => (condition: Condition) => {
  const { condition: name, line } = named({
    inherit_from: condition.inheritFrom,
    sampler: condition.sampler ?? null,
    subnetwork: condition.subnetwork ?? null,
  });
  return !conditions || conditions.includes(name) || conditions.includes(line);
};

export const dataEfficiency = {
  name: 'data efficiency',
  async compute({ preset = 'paper', layers = [2], seeds = [1], sizes = [], conditions }: Asked = {}): Promise<void> {
    const all = [...CURVE_CONDITIONS, ...TRAINABLE_CONDITIONS, ...UNTRAINED_CONDITIONS].filter(isAsked(conditions));
    const wanted = conditions ? all : CURVE_CONDITIONS;
    for (const depth of layers) {
      for (const seed of seeds) {
        const observer = runsObserver({
          title: `Data efficiency, ${depth} layers`,
          runs: sizes.length * wanted.length,
          stage: 'transfer',
          draw: (rows: { inherit_from: string; n_disambiguation: number; test_accuracy: number }[]) =>
            lines(
              rows.map((row) => ({ ...named(row as never), n: row.n_disambiguation, accuracy: row.test_accuracy })),
              {
                title: `Data efficiency, ${depth} layers`,
                subtitle: presetCaption(preset),
                x: axes.samples,
                y: axes.accuracy,
                color: 'source',
                facet: 'condition',
              },
            ),
        });
        await dataEfficiencyRows(chainSettings({ preset, layers: depth, seed }), {
          store: projectStore(),
          tables: folder(preset),
          conditions: wanted,
          sizes: [...sizes],
          observer,
          onRow: observer.onRow,
        });
        await observer.finish();
      }
    }
  },
};

export const variants = {
  name: 'variants',
  async compute({ preset = 'paper', sizes = [] }: Asked = {}): Promise<void> {
    const settings = chainSettings({ preset });
    for (const variant of VARIANT_NAMES) {
      const { conditions } = VARIANTS[variant];
      const observer = runsObserver({
        title: variant.replace('_', ' '),
        runs: sizes.length * conditions.length,
        stage: 'transfer',
        draw: (rows: { n_disambiguation: number; test_accuracy: number }[]) =>
          lines(
            rows.map((row) => ({ ...named(row as never), n: row.n_disambiguation, accuracy: row.test_accuracy })),
            {
              title: variant.replace('_', ' '),
              x: axes.samples,
              y: axes.accuracy,
              color: 'source',
              facet: 'condition',
            },
          ),
      });
      const workshop = { store: projectStore(), tables: folder(preset), sizes: [...sizes] };
      await variantRows(settings, { ...workshop, variant, observer, onRow: observer.onRow });
      await observer.finish();
    }
  },
};

export const targets = {
  name: 'targets',
  async compute({
    preset = 'paper',
    sizes = TARGET_SIZES,
    targets = EXPRESSIONS,
  }: Asked & { targets?: readonly Expression[] } = {}): Promise<void> {
    const observer = runsObserver({
      title: 'Other targets',
      runs: targets.length * sizes.length * TARGET_CONDITIONS.length,
      stage: 'target',
      draw: (rows: { target: string; inherit_from: string; test_accuracy: number }[]) =>
        dots(
          rows.map((row) => ({ ...named(row as never), target: row.target, accuracy: row.test_accuracy })),
          {
            title: 'Other targets',
            subtitle: presetCaption(preset),
            value: axes.accuracy,
            of: 'target',
            color: 'condition',
          },
        ),
    });
    await additionalTargetRows(chainSettings({ preset }), {
      store: projectStore(),
      tables: folder(preset),
      targets,
      sizes: [...sizes],
      observer,
      onRow: observer.onRow,
    });
    await observer.finish();
  },
};
