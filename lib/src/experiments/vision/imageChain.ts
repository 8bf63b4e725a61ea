/** The chain base → masks of the vision experiments, and what each transfer run starts from. */
import { type ImageBase, imageBase } from './imageBase';
import { type ImageCondition, type ImageOrigin, imageOriginOf } from './imageConditions';
import { type ImageMask, imageMask } from './imageDiscovery';
import type { ImagePreset } from './imagePresets';
import { gatherImageBase, gatherImageMask } from './imageRows';
import type { ImageChainSettings } from './imageSettings';
import type { ImageStartsFrom } from './imageStartingPoint';
import type { ImageWorkshop } from './imageWorkshop';

/** The masks of a chain: over the base, trained on mean-pooled or plain images, and over a network that was never trained. */
export type ImageMaskKind = Exclude<ImageOrigin, 'none' | 'base'>;

/** A chain up to one of its masks. */
export interface ImageChain {
  base: ImageBase;
  mask: ImageMask;
}

/** The base model of a chain; its rows go into the tables. Undefined where the person stopped it. */
export async function imageBaseOf(
  settings: ImageChainSettings,
  workshop: ImageWorkshop & { preset: ImagePreset },
): Promise<ImageBase | undefined> {
  const base = await imageBase(settings.base, workshop);
  if (!base.id) return undefined;
  gatherImageBase(base, workshop);
  return base;
}

/** The base model and a mask of a chain; their rows go into the tables. Undefined where the person stopped a run. */
export async function imageChainOf(
  settings: ImageChainSettings,
  workshop: ImageWorkshop & { preset: ImagePreset },
  kind: ImageMaskKind = 'mask',
): Promise<ImageChain | undefined> {
  const base =
    kind === 'untrained mask' ? await imageBase(untrained(settings), workshop) : await imageBaseOf(settings, workshop);
  return base?.id ? withMask(settings, base, workshop, kind) : undefined;
}

async function withMask(
  settings: ImageChainSettings,
  base: ImageBase,
  workshop: ImageWorkshop & { preset: ImagePreset },
  kind: ImageMaskKind,
): Promise<ImageChain | undefined> {
  const mask = await imageMask(base, { ...settings.mask, pooledShare: kind === 'plain mask' ? 0 : 1 }, workshop);
  if (!mask.id) return undefined;
  gatherImageMask(settings, base, mask, workshop);
  return { base, mask };
}

/**
 * The settings of a chain's base at its initialisation. One epoch without learning measures the statistics of batch
 * normalisation, without which its mode eval would normalise nothing.
 */
function untrained({ base }: ImageChainSettings): ImageChainSettings['base'] {
  return { ...base, start: 'fresh', epochs: 1, learningRate: 0 };
}

/** What the runs of a chain start from, condition by condition, each made when it is first asked for. */
export function imageOrigins(
  settings: ImageChainSettings,
  workshop: ImageWorkshop & { preset: ImagePreset },
): (condition: ImageCondition) => Promise<ImageStartsFrom | undefined> {
  const made = new Map<ImageOrigin, Promise<ImageStartsFrom | undefined>>();
  const make = async (origin: ImageOrigin): Promise<ImageStartsFrom | undefined> => {
    if (origin === 'none') return {};
    if (origin === 'untrained mask') return imageChainOf(settings, workshop, origin);
    if (origin === 'base') {
      const base = await imageBaseOf(settings, workshop);
      return base && { base };
    }
    const base = (await startOf('base'))?.base;
    return base && withMask(settings, base, workshop, origin);
  };
  const startOf = (origin: ImageOrigin): Promise<ImageStartsFrom | undefined> => {
    if (!made.has(origin)) made.set(origin, make(origin));
    return made.get(origin) as Promise<ImageStartsFrom | undefined>;
  };
  return (condition) => startOf(imageOriginOf(condition));
}
