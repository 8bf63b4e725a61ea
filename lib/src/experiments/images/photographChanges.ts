/** What the map of notebook 14 varies in the chain on photographs, one thing at a time. */
import type { ImageBaseSettings, ImageChainSettings, PhotographSettings } from './imageSettings';

type Change = (chain: ImageChainSettings) => ImageChainSettings;

/** Fewer photographs in the transfer; base and mask stay. */
const fewer =
  (perCategory: number): Change =>
  ({ transfer, ...chain }) => ({
    ...chain,
    transfer: { ...transfer, data: { ...(transfer.data as PhotographSettings), perCategory } },
  });

/** Another training of the transferred model. */
const trained =
  (changed: Partial<ImageChainSettings['transfer']>): Change =>
  ({ transfer, ...chain }) => ({ ...chain, transfer: { ...transfer, ...changed } });

/** Method section 2: SGD with momentum at a small constant rate, in larger batches. */
const PUBLISHED_SGD = {
  optimizer: 'sgd',
  learningRate: 1e-3,
  schedule: 'constant',
  weightDecay: 1e-4,
  batchSize: 128,
} as const;

/** Another scale of the segments everywhere. */
const pooledAt =
  (scale: number, sigma: number, minSize: number): Change =>
  ({ base, mask, transfer }) => {
    const pooled = <Of extends { data: object }>(of: Of): Of => ({
      ...of,
      data: { ...of.data, pooling: { scale, sigma, minSize } },
    });
    return { base: pooled(base), mask: pooled(mask), transfer: pooled(transfer) };
  };

/** A base that learns from the photographs of the eleven categories alone. */
const notPretrained: Change = ({ base, ...chain }) => {
  const { pretraining: _, ...fresh } = base;
  return { ...chain, base: { ...fresh, start: 'fresh', epochs: 12, learningRate: 3e-3 } satisfies ImageBaseSettings };
};

/** By name; those that change the base, too, begin with "base". */
export const PHOTOGRAPH_CHANGES = {
  '20 photographs': fewer(20),
  '50 photographs': fewer(50),
  '100 photographs': fewer(100),
  '200 photographs': fewer(200),
  '1 epoch': trained({ epochs: 1 }),
  '12 epochs': trained({ epochs: 12 }),
  'published SGD': trained(PUBLISHED_SGD),
  'published SGD for 20 epochs': trained({ ...PUBLISHED_SGD, epochs: 20 }),
  'base not pretrained': notPretrained,
  'base pooled at 60': pooledAt(60, 0.6, 20),
  'base pooled at 150': pooledAt(150, 0.8, 40),
  'base pooled at 600': pooledAt(600, 0.8, 100),
} as const satisfies Record<string, Change>;

export type PhotographChange = keyof typeof PHOTOGRAPH_CHANGES;

/** The change that a row of a base or mask is of: none where only the transfer changes. */
export function changeOfBase(changed: PhotographChange | null | undefined): PhotographChange | null {
  return changed?.startsWith('base ') ? changed : null;
}
